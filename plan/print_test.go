package plan

const goldenPrint = `plan of 8 steps, arena 448 bytes
  0  gemm 8x3x4 nn bias relu | sub square x dense/kernel dense/bias y → v5(8, 3)@0 v7(8, 3)@32 v8(8, 3)@64  # dense
  1  sum(axes=[0 1]) v8 → v9()@96
  2  div v9 24 → v11()@96
  3  mul relu_grad v7 0.0833333358168602 v5 → v14(8, 3)@0  # dense
  4  sum(axes=[0]) v14 → v15(3,)@32  # dense
  5  gemm 4x3x8 tn check x v14 → v16(4, 3)@48  # dense
  6  check ×2 v11 v15
  7  sgd ×2 dense/kernel v16 learning_rate dense/bias v15 learning_rate
`
