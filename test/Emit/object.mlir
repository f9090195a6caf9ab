// RUN: graph-compile %s --cpu=x86-64 -c -o %t.o
// RUN: llvm-nm --extern-only --defined-only %t.o | FileCheck %s --check-prefix=EXPORTS
// RUN: llvm-readelf --sections --wide %t.o | FileCheck %s --check-prefix=SECTIONS
// RUN: llvm-readelf --hex-dump=.lrodata.gcrt %t.o | FileCheck %s --check-prefix=DATA
// RUN: llvm-readelf --relocs --wide %t.o | FileCheck %s --check-prefix=RELOCS
// RUN: FileCheck %s --check-prefix=HEADER < %t.h

// The object exports the descriptor and nothing else.
// EXPORTS-NOT:  {{.}}
// EXPORTS:      {{[0-9a-f]+}} {{[DR]}} counter_model
// EXPORTS-NOT:  {{.}}

// The data is as long as the weights (128 + 4 bytes) and, from the next multiple
// of 64 on, the variables' initial values.
// SECTIONS: .lrodata.gcrt PROGBITS {{[0-9a-f]+}} {{[0-9a-f]+}} 0000c4 00 Al 0 0 64

// DATA:      0x00000000 0000803f 00000040 00000000 00000000
// DATA:      0x00000040 01000101 00000000 00000000 00000000
// DATA:      0x00000080 00004040 00000000 00000000 00000000
// DATA:      0x000000c0 0000e040

// Only its start is an address; all else are offsets.
// RELOCS:     R_X86_64_64 {{.*}} .lrodata.gcrt + 0
// RELOCS-NOT: .lrodata.gcrt

// HEADER: extern const gcrt_model counter_model;
// HEADER: static inline gcrt_status counter_add(gcrt_instance *instance

module attributes {graph.name = "counter"} {
  step.variable @total : tensor<f32> = dense<7.0> : tensor<f32>
  step.variable @unset : tensor<2xi32> {step.unsigned}
  step.weight_data @weight_0 at 0 = dense<[1.0, 2.0]> : tensor<2xf32>
  step.weight_data @weight_1 at 64 = dense<[true, false, true, true]> : tensor<4xi1>
  step.weight_data @weight_2 at 128 = dense<3.0> : tensor<f32>
  llvm.func @add(%frame: !llvm.ptr) -> i32 attributes {
      step.inputs = [], step.results = [], step.arena_bytes = 128 : i64} {
    %0 = llvm.mlir.constant(0 : i32) : i32
    llvm.return %0 : i32
  }
}
