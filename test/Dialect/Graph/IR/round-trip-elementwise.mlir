// RUN: graph-opt %s --verify-roundtrip | FileCheck %s
// RUN: graph-opt %s --mlir-print-op-generic | graph-opt | FileCheck %s
// Every elementwise op is parsed and printed.

// CHECK-LABEL: graph.func @unary
graph.func @unary(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // CHECK: graph.abs %{{.*}} : tensor<?x4xf32>
  %0 = graph.abs %x : tensor<?x4xf32>
  // CHECK: graph.neg %{{.*}} : tensor<?x4xf32>
  %1 = graph.neg %0 : tensor<?x4xf32>
  // CHECK: graph.sign %{{.*}} : tensor<?x4xf32>
  %2 = graph.sign %1 : tensor<?x4xf32>
  // CHECK: graph.exp %{{.*}} : tensor<?x4xf32>
  %3 = graph.exp %2 : tensor<?x4xf32>
  // CHECK: graph.expm1 %{{.*}} : tensor<?x4xf32>
  %4 = graph.expm1 %3 : tensor<?x4xf32>
  // CHECK: graph.log %{{.*}} : tensor<?x4xf32>
  %5 = graph.log %4 : tensor<?x4xf32>
  // CHECK: graph.log1p %{{.*}} : tensor<?x4xf32>
  %6 = graph.log1p %5 : tensor<?x4xf32>
  // CHECK: graph.sqrt %{{.*}} : tensor<?x4xf32>
  %7 = graph.sqrt %6 : tensor<?x4xf32>
  // CHECK: graph.rsqrt %{{.*}} : tensor<?x4xf32>
  %8 = graph.rsqrt %7 : tensor<?x4xf32>
  // CHECK: graph.sin %{{.*}} : tensor<?x4xf32>
  %9 = graph.sin %8 : tensor<?x4xf32>
  // CHECK: graph.cos %{{.*}} : tensor<?x4xf32>
  %10 = graph.cos %9 : tensor<?x4xf32>
  // CHECK: graph.tan %{{.*}} : tensor<?x4xf32>
  %11 = graph.tan %10 : tensor<?x4xf32>
  // CHECK: graph.asin %{{.*}} : tensor<?x4xf32>
  %12 = graph.asin %11 : tensor<?x4xf32>
  // CHECK: graph.acos %{{.*}} : tensor<?x4xf32>
  %13 = graph.acos %12 : tensor<?x4xf32>
  // CHECK: graph.atan %{{.*}} : tensor<?x4xf32>
  %14 = graph.atan %13 : tensor<?x4xf32>
  // CHECK: graph.sinh %{{.*}} : tensor<?x4xf32>
  %15 = graph.sinh %14 : tensor<?x4xf32>
  // CHECK: graph.cosh %{{.*}} : tensor<?x4xf32>
  %16 = graph.cosh %15 : tensor<?x4xf32>
  // CHECK: graph.tanh %{{.*}} : tensor<?x4xf32>
  %17 = graph.tanh %16 : tensor<?x4xf32>
  // CHECK: graph.asinh %{{.*}} : tensor<?x4xf32>
  %18 = graph.asinh %17 : tensor<?x4xf32>
  // CHECK: graph.acosh %{{.*}} : tensor<?x4xf32>
  %19 = graph.acosh %18 : tensor<?x4xf32>
  // CHECK: graph.atanh %{{.*}} : tensor<?x4xf32>
  %20 = graph.atanh %19 : tensor<?x4xf32>
  // CHECK: graph.erf %{{.*}} : tensor<?x4xf32>
  %21 = graph.erf %20 : tensor<?x4xf32>
  // CHECK: graph.erfc %{{.*}} : tensor<?x4xf32>
  %22 = graph.erfc %21 : tensor<?x4xf32>
  // CHECK: graph.lgamma %{{.*}} : tensor<?x4xf32>
  %23 = graph.lgamma %22 : tensor<?x4xf32>
  // CHECK: graph.logistic %{{.*}} : tensor<?x4xf32>
  %24 = graph.logistic %23 : tensor<?x4xf32>
  // CHECK: graph.floor %{{.*}} : tensor<?x4xf32>
  %25 = graph.floor %24 : tensor<?x4xf32>
  // CHECK: graph.ceil %{{.*}} : tensor<?x4xf32>
  %26 = graph.ceil %25 : tensor<?x4xf32>
  // CHECK: graph.round_even %{{.*}} : tensor<?x4xf32>
  %27 = graph.round_even %26 : tensor<?x4xf32>
  graph.return %27 : tensor<?x4xf32>
}

// A result may be more exact than its operand: then both types are printed.
// CHECK-LABEL: graph.func @two_types
graph.func @two_types(%x: tensor<?xf16>) -> tensor<4xf16> {
  // CHECK: graph.abs %{{.*}} : (tensor<?xf16>) -> tensor<4xf16>
  %0 = graph.abs %x : (tensor<?xf16>) -> tensor<4xf16>
  graph.return %0 : tensor<4xf16>
}

// CHECK-LABEL: graph.func @bits
graph.func @bits(%b: tensor<3xi1>, %i: tensor<3xui8>) -> (tensor<3xi1>, tensor<3xui8>) {
  // CHECK: graph.not %{{.*}} : tensor<3xi1>
  %b0 = graph.not %b : tensor<3xi1>
  // CHECK: graph.and %{{.*}} : tensor<3xi1>
  %b1 = graph.and %b0, %b : tensor<3xi1>
  // CHECK: graph.or %{{.*}} : tensor<3xi1>
  %b2 = graph.or %b1, %b : tensor<3xi1>
  // CHECK: graph.xor %{{.*}} : tensor<3xi1>
  %b3 = graph.xor %b2, %b : tensor<3xi1>
  // CHECK: graph.not %{{.*}} : tensor<3xui8>
  %i0 = graph.not %i : tensor<3xui8>
  // CHECK: graph.and %{{.*}} : tensor<3xui8>
  %i1 = graph.and %i0, %i : tensor<3xui8>
  // CHECK: graph.or %{{.*}} : tensor<3xui8>
  %i2 = graph.or %i1, %i : tensor<3xui8>
  // CHECK: graph.xor %{{.*}} : tensor<3xui8>
  %i3 = graph.xor %i2, %i : tensor<3xui8>
  graph.return %b3, %i3 : tensor<3xi1>, tensor<3xui8>
}

// CHECK-LABEL: graph.func @classify
graph.func @classify(%x: tensor<?xbf16>) -> (tensor<?xi1>, tensor<?xi1>, tensor<?xi1>) {
  // CHECK: graph.is_finite %{{.*}} : (tensor<?xbf16>) -> tensor<?xi1>
  %0 = graph.is_finite %x : (tensor<?xbf16>) -> tensor<?xi1>
  // CHECK: graph.is_inf %{{.*}} : (tensor<?xbf16>) -> tensor<?xi1>
  %1 = graph.is_inf %x : (tensor<?xbf16>) -> tensor<?xi1>
  // CHECK: graph.is_nan %{{.*}} : (tensor<?xbf16>) -> tensor<?xi1>
  %2 = graph.is_nan %x : (tensor<?xbf16>) -> tensor<?xi1>
  graph.return %0, %1, %2 : tensor<?xi1>, tensor<?xi1>, tensor<?xi1>
}

// CHECK-LABEL: graph.func @binary
graph.func @binary(%x: tensor<?x4xf64>, %y: tensor<4xf64>) -> tensor<?x4xf64> {
  // CHECK: graph.add %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %0 = graph.add %x, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.sub %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %1 = graph.sub %0, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.mul %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %2 = graph.mul %1, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.div %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %3 = graph.div %2, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.floor_div %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %4 = graph.floor_div %3, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.floor_mod %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %5 = graph.floor_mod %4, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.trunc_mod %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %6 = graph.trunc_mod %5, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.max %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %7 = graph.max %6, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.min %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %8 = graph.min %7, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.pow %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %9 = graph.pow %8, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  // CHECK: graph.atan2 %{{.*}}, %{{.*}} : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  %10 = graph.atan2 %9, %y : (tensor<?x4xf64>, tensor<4xf64>) -> tensor<?x4xf64>
  graph.return %10 : tensor<?x4xf64>
}

// CHECK-LABEL: graph.func @integers
graph.func @integers(%x: tensor<2xi64>, %y: tensor<2xi64>) -> tensor<2xi64> {
  // CHECK: graph.trunc_div %{{.*}}, %{{.*}} : tensor<2xi64>
  %0 = graph.trunc_div %x, %y : tensor<2xi64>
  // CHECK: graph.trunc_mod %{{.*}}, %{{.*}} : tensor<2xi64>
  %1 = graph.trunc_mod %0, %y : tensor<2xi64>
  // CHECK: graph.floor_div %{{.*}}, %{{.*}} : tensor<2xi64>
  %2 = graph.floor_div %1, %y : tensor<2xi64>
  // CHECK: graph.floor_mod %{{.*}}, %{{.*}} : tensor<2xi64>
  %3 = graph.floor_mod %2, %y : tensor<2xi64>
  graph.return %3 : tensor<2xi64>
}

// CHECK-LABEL: graph.func @compare
graph.func @compare(%x: tensor<?xi16>, %y: tensor<i16>) -> tensor<?xi1> {
  // CHECK: graph.compare EQ %{{.*}}, %{{.*}} : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  %0 = graph.compare EQ %x, %y : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  // CHECK: graph.compare NE %{{.*}}, %{{.*}} : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  %1 = graph.compare NE %x, %y : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  // CHECK: graph.compare LT %{{.*}}, %{{.*}} : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  %2 = graph.compare LT %x, %y : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  // CHECK: graph.compare LE %{{.*}}, %{{.*}} : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  %3 = graph.compare LE %x, %y : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  // CHECK: graph.compare GT %{{.*}}, %{{.*}} : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  %4 = graph.compare GT %x, %y : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  // CHECK: graph.compare GE %{{.*}}, %{{.*}} : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  %5 = graph.compare GE %x, %y : (tensor<?xi16>, tensor<i16>) -> tensor<?xi1>
  graph.return %5 : tensor<?xi1>
}

// CHECK-LABEL: graph.func @select_and_cast
graph.func @select_and_cast(%c: tensor<i1>, %x: tensor<?xf32>, %y: tensor<f32>) -> tensor<?xui16> {
  // CHECK: graph.select %{{.*}}, %{{.*}}, %{{.*}} : (tensor<i1>, tensor<?xf32>, tensor<f32>) -> tensor<?xf32>
  %0 = graph.select %c, %x, %y : (tensor<i1>, tensor<?xf32>, tensor<f32>) -> tensor<?xf32>
  // CHECK: graph.cast %{{.*}} : tensor<?xf32> to tensor<?xui16>
  %1 = graph.cast %0 : tensor<?xf32> to tensor<?xui16>
  graph.return %1 : tensor<?xui16>
}
