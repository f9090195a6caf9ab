// The model that the tests of objects use, at stage `codegen`: add(x) adds the
// elements of x to the variable "total" and returns it; scale(x, c) multiplies
// the two elements of x by c and by the weights 2 and 3.
module attributes {graph.name = "counter"} {
  step.variable @total : tensor<f32> = dense<1.0> : tensor<f32>
  step.weight_data @weight_0 at 0 = dense<[2.0, 3.0]> : tensor<2xf32>

  llvm.func @gcrt_output(!llvm.ptr, i32, !llvm.ptr) -> !llvm.ptr

  llvm.func @add(%frame: !llvm.ptr) -> i32 attributes {
      step.inputs = [{name = "x", type = tensor<?xf32>}],
      step.results = [{name = "total", type = tensor<f32>}]} {
    %ok = llvm.mlir.constant(0 : i32) : i32
    %out_of_memory = llvm.mlir.constant(4 : i32) : i32
    %zero = llvm.mlir.constant(0 : i64) : i64
    %one = llvm.mlir.constant(1 : i64) : i64
    %null = llvm.mlir.zero : !llvm.ptr
    %inputs = llvm.load %frame : !llvm.ptr -> !llvm.ptr
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %dims_place = llvm.getelementptr %frame[8] : (!llvm.ptr) -> !llvm.ptr, i8
    %dims = llvm.load %dims_place : !llvm.ptr -> !llvm.ptr
    %x_dims = llvm.load %dims : !llvm.ptr -> !llvm.ptr
    %n = llvm.load %x_dims : !llvm.ptr -> i64
    %variables_place = llvm.getelementptr %frame[24] : (!llvm.ptr) -> !llvm.ptr, i8
    %variables = llvm.load %variables_place : !llvm.ptr -> !llvm.ptr
    %total_place = llvm.load %variables : !llvm.ptr -> !llvm.ptr
    %old = llvm.load %total_place : !llvm.ptr -> f32
    llvm.br ^loop(%zero, %old : i64, f32)
  ^loop(%i: i64, %sum: f32):
    %more = llvm.icmp "slt" %i, %n : i64
    llvm.cond_br %more, ^body, ^done
  ^body:
    %place = llvm.getelementptr %x[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
    %element = llvm.load %place : !llvm.ptr -> f32
    %next_sum = llvm.fadd %sum, %element : f32
    %next = llvm.add %i, %one : i64
    llvm.br ^loop(%next, %next_sum : i64, f32)
  ^done:
    llvm.store %sum, %total_place : f32, !llvm.ptr
    %index = llvm.mlir.constant(0 : i32) : i32
    %output = llvm.call @gcrt_output(%frame, %index, %null) : (!llvm.ptr, i32, !llvm.ptr) -> !llvm.ptr
    %failed = llvm.icmp "eq" %output, %null : !llvm.ptr
    llvm.cond_br %failed, ^fail, ^write
  ^write:
    llvm.store %sum, %output : f32, !llvm.ptr
    llvm.return %ok : i32
  ^fail:
    llvm.return %out_of_memory : i32
  }

  llvm.func @scale(%frame: !llvm.ptr) -> i32 attributes {
      step.inputs = [{name = "x", type = tensor<2xf32>}, {name = "c", type = tensor<f32>}],
      step.results = [{name = "y", type = tensor<2xf32>}]} {
    %ok = llvm.mlir.constant(0 : i32) : i32
    %out_of_memory = llvm.mlir.constant(4 : i32) : i32
    %two = llvm.mlir.constant(2 : i64) : i64
    %dims = llvm.alloca %two x i64 : (i64) -> !llvm.ptr
    llvm.store %two, %dims : i64, !llvm.ptr
    %null = llvm.mlir.zero : !llvm.ptr
    %inputs = llvm.load %frame : !llvm.ptr -> !llvm.ptr
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %c_place = llvm.getelementptr %inputs[8] : (!llvm.ptr) -> !llvm.ptr, i8
    %c_pointer = llvm.load %c_place : !llvm.ptr -> !llvm.ptr
    %c = llvm.load %c_pointer : !llvm.ptr -> f32
    %weights_place = llvm.getelementptr %frame[40] : (!llvm.ptr) -> !llvm.ptr, i8
    %weights = llvm.load %weights_place : !llvm.ptr -> !llvm.ptr
    %w = llvm.load %weights {alignment = 64 : i64} : !llvm.ptr -> vector<2xf32>
    %value = llvm.load %x {alignment = 4 : i64} : !llvm.ptr -> vector<2xf32>
    %undef = llvm.mlir.undef : vector<2xf32>
    %zero = llvm.mlir.constant(0 : i32) : i32
    %one = llvm.mlir.constant(1 : i32) : i32
    %c0 = llvm.insertelement %c, %undef[%zero : i32] : vector<2xf32>
    %cs = llvm.insertelement %c, %c0[%one : i32] : vector<2xf32>
    %product = llvm.fmul %value, %w : vector<2xf32>
    %result = llvm.fmul %product, %cs : vector<2xf32>
    %output = llvm.call @gcrt_output(%frame, %zero, %dims) : (!llvm.ptr, i32, !llvm.ptr) -> !llvm.ptr
    %failed = llvm.icmp "eq" %output, %null : !llvm.ptr
    llvm.cond_br %failed, ^fail, ^write
  ^write:
    llvm.store %result, %output {alignment = 4 : i64} : vector<2xf32>, !llvm.ptr
    llvm.return %ok : i32
  ^fail:
    llvm.return %out_of_memory : i32
  }
}
