// RUN: graph-opt %s -cpu-expand-math="fma=true" | FileCheck %s
// RUN: graph-opt %s -cpu-expand-math="fma=false" | FileCheck %s --check-prefix=NOFMA
// RUN: graph-opt %s -cpu-expand-math="fma=true scale=true" | FileCheck %s --check-prefix=SCALE

// CHECK-LABEL: llvm.func @exp_of_vector
// CHECK-NOT:     math.exp
// CHECK:         math.fma {{.*}} : vector<8xf32>
// CHECK:         arith.bitcast
// NOFMA-LABEL: llvm.func @exp_of_vector
// NOFMA-NOT:     math.fma
// SCALE-LABEL: llvm.func @exp_of_vector
// SCALE:         llvm.call_intrinsic "llvm.ldexp"(%{{.*}}, %{{.*}}) : (vector<8xf32>, vector<8xi32>) -> vector<8xf32>
llvm.func @exp_of_vector(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.exp %x : vector<8xf32>
  llvm.return %0 : vector<8xf32>
}

// SCALE-LABEL: llvm.func @exp_of_whole_vector
// SCALE:         llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.ps.512"(
llvm.func @exp_of_whole_vector(%x: vector<16xf32>) -> vector<16xf32> {
  %0 = math.exp %x : vector<16xf32>
  llvm.return %0 : vector<16xf32>
}

// f64 goes to libm, lane by lane.
// CHECK-LABEL: llvm.func @exp_of_doubles
// CHECK:         %[[A:.*]] = vector.extract %{{.*}}[0] : f64
// CHECK:         llvm.call @exp(%[[A]]) : (f64) -> f64
// CHECK:         vector.extract %{{.*}}[1] : f64
// CHECK:         llvm.call @exp
llvm.func @exp_of_doubles(%x: vector<2xf64>) -> vector<2xf64> {
  %0 = math.exp %x : vector<2xf64>
  llvm.return %0 : vector<2xf64>
}

// Large angles go to libm as well.
// CHECK-LABEL: llvm.func @sine
// CHECK:         vector.reduction <or>
// CHECK:         scf.if
// CHECK:           llvm.call @sinf
// CHECK:         else
// CHECK:           math.fma
llvm.func @sine(%x: vector<8xf32>) -> vector<8xf32> {
  %0 = math.sin %x : vector<8xf32>
  llvm.return %0 : vector<8xf32>
}

// What is an instruction stays.
// CHECK-LABEL: llvm.func @root
// CHECK:         math.sqrt
llvm.func @root(%x: f32) -> f32 {
  %0 = math.sqrt %x : f32
  llvm.return %0 : f32
}

// CHECK-LABEL: llvm.func @power
// CHECK:         llvm.call @powf(%{{.*}}, %{{.*}}) : (f32, f32) -> f32
llvm.func @power(%x: f32, %y: f32) -> f32 {
  %0 = math.powf %x, %y : f32
  llvm.return %0 : f32
}

// Half types are computed in f32, and bf16 is converted by integer operations.
// CHECK-LABEL: llvm.func @half_root
// CHECK-NOT:     arith.extf
// CHECK:         math.sqrt %{{.*}} : f32
// CHECK-NOT:     arith.truncf
llvm.func @half_root(%x: bf16) -> bf16 {
  %0 = math.sqrt %x : bf16
  llvm.return %0 : bf16
}
