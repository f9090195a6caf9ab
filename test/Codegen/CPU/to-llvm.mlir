// RUN: graph-opt %s -cpu-to-llvm="cpu=x86-64-v3 features=+avx2 vector-bytes=32" | FileCheck %s

// What kernels and steps are made of becomes the llvm dialect; functions carry
// the CPU that they are for.
// CHECK-LABEL: llvm.func @add
// CHECK-SAME:  target_cpu = "x86-64-v3"
// CHECK-SAME:  #llvm.target_features<["+avx2"]>
// CHECK-NOT:   arith.
// CHECK-NOT:   cf.
// CHECK:       llvm.fadd
// CHECK:       llvm.intr.fabs
// CHECK:       llvm.cond_br
llvm.func @add(%p: !llvm.ptr, %n: i64) {
  %zero = arith.constant 0 : i64
  %x = llvm.load %p : !llvm.ptr -> vector<8xf32>
  %y = arith.addf %x, %x : vector<8xf32>
  %z = math.absf %y : vector<8xf32>
  %some = arith.cmpi sgt, %n, %zero : i64
  cf.cond_br %some, ^bb1, ^bb2
^bb1:
  llvm.store %z, %p : vector<8xf32>, !llvm.ptr
  cf.br ^bb2
^bb2:
  llvm.return
}
