// With --sanitize=address a kernel that writes past the end of its place in the
// arena stops the program; without, nobody notices: the bytes are there.

// A runtime that is built with a sanitizer would notice in both.
// UNSUPPORTED: sanitizer
// RUN: graph-compile %s --name overflow --sanitize=address -o %t
// RUN: not %t 2>&1 | FileCheck %s
// RUN: graph-compile %s -o %t.plain
// RUN: %t.plain

// A whole graph passes under the sanitizer.
// RUN: graph-compile %source_dir/examples/running_mean.pbtxt --config %source_dir/examples/running_mean.json --sanitize=address -o %t.mean
// RUN: %t.mean --function update --input x=%source_dir/examples/batch.npy --steps 3

// CHECK: AddressSanitizer: use-after-poison
// CHECK: in overflow.fill

#id = affine_map<(i) -> (i)>
func.func private @fill(%out: memref<32xf32>) attributes {step.kernel} {
  %zero = arith.constant 0.0 : f32
  linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]}
      outs(%out : memref<32xf32>) {
  ^bb0(%old: f32):
    linalg.yield %zero : f32
  }
  return
}
func.func @main() attributes {step.results = [], step.arena_bytes = 192 : i64} {
  %place = step.arena 0 : memref<16xf32>
  %too_long = step.view %place : memref<16xf32> -> memref<32xf32>
  step.launch @fill outs(%too_long : memref<32xf32>)
  return
}
