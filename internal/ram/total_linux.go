package ram

import "golang.org/x/sys/unix"

func physical() float64 {
	var i unix.Sysinfo_t
	if unix.Sysinfo(&i) != nil {
		return 0
	}
	return float64(i.Totalram) * float64(i.Unit)
}
