//===- GraphToStep.h - patterns from graph to step and linalg ---*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_CONVERSION_GRAPHTOSTEP_GRAPHTOSTEP_H
#define GRAPH_COMPILE_CONVERSION_GRAPHTOSTEP_GRAPHTOSTEP_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/DialectConversion.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace graph_compile {

/// Makes the integers of tensors signless; leaves everything else as it is.
class SignlessTypeConverter : public mlir::TypeConverter {
public:
  SignlessTypeConverter();
};

/// What has to be known of the graph before conversion takes it apart: where
/// an open dim of an operand may at run time be 1 and have to be broadcast, or
/// be as large as the result's. The graph dialect can prove most dims equal.
class BroadcastFacts {
public:
  /// Looks at every operation of `root`; linear in its size.
  explicit BroadcastFacts(mlir::Operation *root);

  /// Whether dim `dim` of operand `operand` of `op` may be 1 or not.
  bool mayBroadcast(mlir::Operation *op, unsigned operand, int64_t dim) const;

private:
  struct Place {
    unsigned operand;
    int64_t dim;
  };
  void addOperation(mlir::Operation *op);
  void addResultDim(mlir::Operation *op, int64_t fromLast);

  // Only operations with such a dim, and few have one, are here.
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<Place>> places;
};

/// What the patterns share. Owned by whoever runs the conversion.
struct GraphToStepContext {
  explicit GraphToStepContext(mlir::ModuleOp module);

  SignlessTypeConverter typeConverter;
  BroadcastFacts facts;
  /// The types of the module's variables, as the graph has them.
  llvm::DenseMap<mlir::StringAttr, mlir::RankedTensorType> variableTypes;
};

// One per family of operations.
void populateStructurePatterns(mlir::RewritePatternSet &patterns,
                               const GraphToStepContext &context);
void populateControlPatterns(mlir::RewritePatternSet &patterns,
                             const GraphToStepContext &context);
void populateElementwisePatterns(mlir::RewritePatternSet &patterns,
                                 const GraphToStepContext &context);
void populateReductionPatterns(mlir::RewritePatternSet &patterns,
                               const GraphToStepContext &context);
void populateContractionPatterns(mlir::RewritePatternSet &patterns,
                                 const GraphToStepContext &context);
void populateShapePatterns(mlir::RewritePatternSet &patterns,
                           const GraphToStepContext &context);
void populateSlicingPatterns(mlir::RewritePatternSet &patterns,
                             const GraphToStepContext &context);
void populateSelectionPatterns(mlir::RewritePatternSet &patterns,
                               const GraphToStepContext &context);
void populateConvolutionPatterns(mlir::RewritePatternSet &patterns,
                                 const GraphToStepContext &context);
void populateNormPatterns(mlir::RewritePatternSet &patterns,
                          const GraphToStepContext &context);
void populateWindowPatterns(mlir::RewritePatternSet &patterns,
                            const GraphToStepContext &context);
void populateWindowGradPatterns(mlir::RewritePatternSet &patterns,
                                const GraphToStepContext &context);
void populateResamplingPatterns(mlir::RewritePatternSet &patterns,
                                const GraphToStepContext &context);
void populateScatterPatterns(mlir::RewritePatternSet &patterns,
                             const GraphToStepContext &context);
void populateSearchPatterns(mlir::RewritePatternSet &patterns,
                            const GraphToStepContext &context);
void populateLinearAlgebraPatterns(mlir::RewritePatternSet &patterns,
                                   const GraphToStepContext &context);
void populateOrthogonalizationPatterns(mlir::RewritePatternSet &patterns,
                                       const GraphToStepContext &context);
void populateScanPatterns(mlir::RewritePatternSet &patterns,
                          const GraphToStepContext &context);
void populateListPatterns(mlir::RewritePatternSet &patterns,
                          const GraphToStepContext &context);
void populateRandomPatterns(mlir::RewritePatternSet &patterns,
                            const GraphToStepContext &context);
void populateEffectPatterns(mlir::RewritePatternSet &patterns,
                            const GraphToStepContext &context);
void populateCheckPatterns(mlir::RewritePatternSet &patterns,
                           const GraphToStepContext &context);

} // namespace graph_compile

#endif // GRAPH_COMPILE_CONVERSION_GRAPHTOSTEP_GRAPHTOSTEP_H
