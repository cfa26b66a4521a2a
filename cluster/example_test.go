package cluster_test

import (
	"fmt"

	"gorae/cluster"
)

var points = [][]float64{{0, 0}, {0, 1}, {1, 0}, {9, 9}, {9, 8}, {8, 9}}

func ExampleKMeans_Fit() {
	c, err := cluster.KMeans{Clusters: 2, Seed: 1}.Fit(points)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Sizes(), c.Nearest([]float64{7, 7}) == c.Labels[3])
	fmt.Printf("%.3f\n", c.Inertia)
	// Output:
	// [3 3] true
	// 2.667
}

func ExampleRange_Choose() {
	best, all, err := cluster.Range{From: 2, To: 4}.Choose(points, cluster.Space{X: points}, cluster.KMeans{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	c := all[best]
	fmt.Printf("of %d numbers of groups: %d, silhouette %.2f\n", len(all), c.Clusters, c.Silhouette)
	// Output: of 3 numbers of groups: 2, silhouette 0.90
}

func ExampleAgree() {
	a, err := cluster.Agree([]int{0, 0, 1, 1}, []int{7, 7, 3, 3})
	fmt.Println(a.NMI, a.AdjustedRand, err)
	a, err = cluster.Agree([]int{0, 0, 1, 1}, []int{0, 1, 0, 1})
	fmt.Printf("%.3f %.3f %v\n", a.NMI, a.AdjustedRand, err)
	// Output:
	// 1 1 <nil>
	// 0.000 -0.500 <nil>
}
