//===- GraphRandomOps.td - random numbers ------------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All ops draw from the generator Philox 4x32-10 (Salmon and others, "Parallel
// random numbers: as easy as 1, 2, 3", 2011): a function of a key and a counter
// that gives a block of four words. They are pure: a generator's state is a
// variable of the graph, or an operand.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHRANDOMOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHRANDOMOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

/// `tensor<Nxui64>`.
class Graph_Words<int n>
    : Type<CPred<"$_self == ::mlir::RankedTensorType::get({" # n # "}, "
                 "::mlir::IntegerType::get($_self.getContext(), 64, "
                 "::mlir::IntegerType::Unsigned))">,
           "tensor<" # n # "xui64>", "::mlir::RankedTensorType">,
      BuildableType<"::mlir::RankedTensorType::get({" # n # "}, "
                    "$_builder.getIntegerType(64, /*isSigned=*/false))">;

def Graph_RandomKey : Graph_Words<1>;
def Graph_RandomCounter : Graph_Words<2>;
def Graph_WordTensor
    : Graph_TensorOf<[UI64, UI32], "ranked tensor of ui64 or ui32">;
def Graph_ParameterVector
    : Graph_TensorOf<graphFloats, "vector of floats", [HasAnyRankOfPred<[1]>]>;

def Graph_RandomBitsOp : Graph_PureOp<"random_bits"> {
  let summary = "random bits";
  let description = [{
    Gives a tensor of the shape `shape` whose elements, row-major, are the words
    of the blocks that the generator has for `key` and the counters `counter`,
    `counter` + 1 and so on. A block is four elements of ui32, or two of ui64: an
    element's low half comes first. The counter has 128 bits, the low ones in its
    first element, and wraps around.

    A size that is negative must not come at run time.

    Constraints:
    - C1: `to` is ui32 or ui64.
    - C2: known sizes are not negative.
    - C3: the result's type is compatible with `shape` made of `to`.

    Example:

    ```mlir
    graph.func @draw(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi32>) -> tensor<?x3xui32> {
      %bits = graph.random_bits %key, %counter, %shape : tensor<2xi32> to tensor<?x3xui32>
      graph.return %bits : tensor<?x3xui32>
    }
    ```

    Source: TensorFlow `StatelessRandomUniformFullIntV2`, and all of its random
    ops that take the same number of bits for each element.
  }];
  let arguments = (ins Graph_RandomKey:$key, Graph_RandomCounter:$counter,
                       Graph_IndexVector:$shape, TypeAttr:$to);
  let results = (outs Graph_WordTensor:$result);
  let assemblyFormat = [{
    $key `,` $counter `,` $shape attr-dict `:` type($shape) `to`
    custom<ResultOfElement>(type($result), $to)
  }];
  let hasFolder = 1;
}

def Graph_RandomNumbersOp : Graph_PureOp<"random_numbers"> {
  let summary = "random numbers of a distribution";
  let description = [{
    Gives a tensor of the shape `shape` of numbers drawn by the methods of
    TensorFlow's CPU kernels, from the same bits:

    - `normal`: mean 0 and standard deviation 1, by Box and Muller's method. A
      block (see `graph.random_bits`) gives four elements of f32 or two of f64.
    - `truncated_normal`: the same, but numbers outside (-2, 2) are drawn again.
      The elements that a block would give share a stream of blocks, which
      starts 256 counters after the previous one (128 for f64).
    - `gamma` (shape parameter), by Marsaglia and Tsang's method; `poisson`
      (rate), by multiplication below the rate 10, else by Hoermann's
      transformed rejection; `binomial` (count, probability), by inversion where the mean
      of the less likely outcome is below 10, else by transformed rejection.

    The last three take parameters: vectors of one length, the last size of
    `shape`, which is a number of samples and that length. The sample `i` of
    parameter `j` has a stream of its own, which starts 256 counters after that of
    sample `i - 1` (42 for an inversion), and the first of parameter `j` after the last of `j - 1`.
    They are computed in f64. Where a parameter is NaN the result is; a rate below 0 gives
    0.

    A size that is negative, and parameters of another length, must not come at
    run time.

    Constraints:
    - C1: normal numbers have no parameters, `gamma` and `poisson` one, `binomial` two.
    - C2: `to` is f32 or f64, with parameters f64.
    - C3: with parameters `shape` has two sizes, and the second is the static
      length of each parameter, as far as both are known.
    - C4: the parameters have one element type.
    - C5: known sizes are not negative.
    - C6: the result's type is compatible with `shape` made of `to`.

    Example:

    ```mlir
    graph.func @draw(%key: tensor<1xui64>, %counter: tensor<2xui64>, %shape: tensor<2xi32>, %rate: tensor<3xf32>) -> (tensor<?x?xf32>, tensor<?x3xf64>) {
      %n = graph.random_numbers normal %key, %counter, %shape : tensor<2xi32> to tensor<?x?xf32>
      %p = graph.random_numbers poisson %key, %counter, %shape(%rate : tensor<3xf32>) : tensor<2xi32> to tensor<?x3xf64>
      graph.return %n, %p : tensor<?x?xf32>, tensor<?x3xf64>
    }
    ```

    Source: TensorFlow `StatelessRandomNormalV2`, `StatelessTruncatedNormalV2`,
    `StatelessRandomGammaV3`, `StatelessRandomPoisson`, `StatelessRandomBinomial`
    and their like.
  }];
  let arguments = (ins Graph_RandomDistributionAttr:$distribution,
                       Graph_RandomKey:$key, Graph_RandomCounter:$counter,
                       Graph_IndexVector:$shape,
                       Variadic<Graph_ParameterVector>:$parameters,
                       TypeAttr:$to);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $distribution $key `,` $counter `,` $shape
    (`(` $parameters^ `:` type($parameters) `)`)? attr-dict
    `:` type($shape) `to` custom<ResultOfElement>(type($result), $to)
  }];
}

def Graph_RandomPermutationOp : Graph_PureOp<"random_permutation"> {
  let summary = "positions in random order";
  let description = [{
    Gives the positions from 0 to `size` - 1, shuffled by Fisher and Yates'
    method: place `i`, from the first to the last but one, is exchanged with the
    place that is the next word of the generator's blocks, modulo `size` - `i`, behind it.

    A size that is negative must not come at run time.

    Constraints:
    - C1: a known size is not negative.
    - C2: the result's type is compatible with a vector of i64 of that size.

    Example:

    ```mlir
    graph.func @shuffle(%key: tensor<1xui64>, %counter: tensor<2xui64>, %size: tensor<i64>) -> tensor<?xi64> {
      %rows = graph.random_permutation %key, %counter, %size : tensor<i64> to tensor<?xi64>
      graph.return %rows : tensor<?xi64>
    }
    ```

    Source: TensorFlow `RandomShuffle`, `StatelessShuffle`.
  }];
  let arguments = (ins Graph_RandomKey:$key, Graph_RandomCounter:$counter,
                       Graph_IndexScalar:$size);
  let results = (outs Graph_TensorOf<[I64], "ranked tensor of i64">:$result);
  let assemblyFormat = [{
    $key `,` $counter `,` $size attr-dict `:` type($size) `to` type($result)
  }];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHRANDOMOPS_TD
