// RUN: graph-opt %s -cpu-codegen="cpu=x86-64" | FileCheck %s --check-prefix=BASE
// RUN: graph-opt %s -cpu-codegen="cpu=x86-64-v3" | FileCheck %s --check-prefix=V3
// RUN: graph-opt %s -cpu-codegen="cpu=x86-64-v4" | FileCheck %s --check-prefix=V4
// RUN: not graph-opt %s -cpu-codegen="cpu=pdp11" 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// BASE:      @negate({{.*}} prefer_vector_width = "128", target_cpu = "x86-64"
// BASE:      vector<4xf32>
// V3:        @negate({{.*}} prefer_vector_width = "256", target_cpu = "x86-64-v3"
// V3-SAME:   "+avx2"
// V3:        vector<8xf32>
// V4:        @negate({{.*}} prefer_vector_width = "512", target_cpu = "x86-64-v4"
// V4-SAME:   "+avx512f"
// V4:        vector<16xf32>
// UNKNOWN:   unknown CPU "pdp11"
#id = affine_map<(i) -> (i)>
func.func private @negate(%a: memref<64xf32>, %c: memref<64xf32>) attributes {step.kernel} {
  linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : memref<64xf32>) outs(%c : memref<64xf32>) {
  ^bb0(%x: f32, %z: f32):
    %s = arith.negf %x : f32
    linalg.yield %s : f32
  }
  return
}
