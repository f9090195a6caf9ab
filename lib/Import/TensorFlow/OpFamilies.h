//===- OpFamilies.h - the families of TensorFlow's ops ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each family is one file that adds its ops to the table. Ops.cpp calls them
// all.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_OPFAMILIES_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_OPFAMILIES_H

#include "OpTable.h"

namespace graph_compile::tensorflow {

/// Relu, Elu, Softplus, Softmax, ..
void registerActivationOps(OpTable &table);
/// FusedBatchNorm and its gradients.
void registerBatchNormOps(OpTable &table);
/// Bitcast, shifts, PopulationCount, ..
void registerBitsOps(OpTable &table);
/// Comparisons, logic, bits, selection.
void registerComparisonOps(OpTable &table);
/// Matrix products.
void registerContractionOps(OpTable &table);
/// Conditionals and loops.
void registerControlFlowOps(OpTable &table);
/// Convolutions and their gradients.
void registerConvolutionOps(OpTable &table);
/// CropAndResize and its gradients.
void registerCropOps(OpTable &table);
/// MatrixDiag, MatrixBandPart, ..
void registerDiagonalOps(OpTable &table);
/// Assertions, prints, numeric checks, and the strings in them.
void registerEffectOps(OpTable &table);
/// Einsum.
void registerEinsumOps(OpTable &table);
/// Arithmetic and mathematical functions, casts.
void registerElementwiseOps(OpTable &table);
/// Identity and what else hands its input on.
void registerFlatControlFlowOps(OpTable &table);
void registerForwardingOps(OpTable &table);
/// Lookups by position: Gather, OneHot, ..
void registerGatherOps(OpTable &table);
/// Range, Fill, ZerosLike, ..
void registerGeneratorOps(OpTable &table);
/// ReluGrad, TanhGrad, BiasAddGrad, cross entropies, ..
void registerGradientOps(OpTable &table);
/// RGBToHSV, AdjustContrast, ..
void registerImageOps(OpTable &table);
/// Concat, Pack, Split, Unpack, Tile, Pad, ..
void registerJoiningOps(OpTable &table);
/// Cholesky, MatrixInverse, ..
void registerLinearAlgebraOps(OpTable &table);
/// OptionalFromValue, OptionalGetValue, ..
void registerOptionalOps(OpTable &table);
/// Qr, Svd, SelfAdjointEigV2, ..
void registerOrthogonalOps(OpTable &table);
/// DynamicPartition, DynamicStitch, Where, Unique, ..
void registerPartitionOps(OpTable &table);
/// Pools and their gradients, LRN.
void registerPoolingOps(OpTable &table);
/// FIFOQueueV2, QueueEnqueueV2, ..
void registerQueueOps(OpTable &table);
/// FakeQuant.., QuantizeAndDequantize..
void registerQuantizationOps(OpTable &table);
/// RandomUniform, StatelessRandomNormalV2, StatefulUniform, ..
void registerRandomOps(OpTable &table);
/// RandomGamma, Multinomial, RandomShuffle, ..
void registerRandomSampleOps(OpTable &table);
/// Sum, Mean, ArgMax, TopK, ..
void registerReductionOps(OpTable &table);
/// ResizeBilinear, ResizeNearestNeighbor, ..
void registerResizeOps(OpTable &table);
/// Cumsum, Roll, ReverseSequence, LowerBound, ..
void registerScanOps(OpTable &table);
/// ScatterNd, TensorScatterUpdate, ..
void registerScatterOps(OpTable &table);
/// SegmentSum, UnsortedSegmentSum, Bincount, ..
void registerSegmentOps(OpTable &table);
/// Reshape, Transpose, Shape, ..
void registerShapeOps(OpTable &table);
/// Slice, StridedSlice, ..
void registerSlicingOps(OpTable &table);
/// SpaceToBatchND, DepthToSpace, ..
void registerSpaceOps(OpTable &table);
/// SparseApplyMomentum, ResourceSparseApplyAdagrad, ..
void registerSparseTrainingOps(OpTable &table);
/// Bessel functions, Digamma, Igamma, ..
void registerSpecialOps(OpTable &table);
/// StackV2, StackPushV2, ..
void registerStackOps(OpTable &table);
/// TensorArrayV3, TensorArrayWriteV3, ..
void registerTensorArrayOps(OpTable &table);
/// TensorListReserve, TensorListSetItem, ..
void registerTensorListOps(OpTable &table);
/// Steps of optimizers.
void registerTrainingOps(OpTable &table);
/// ScatterUpdate, ResourceScatterNdAdd, ..
void registerVariableScatterOps(OpTable &table);
/// Reading and assigning variables.
void registerVariableOps(OpTable &table);

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_OPFAMILIES_H
