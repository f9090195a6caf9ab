//===- OpsEinsum.cpp - TensorFlow's sums of products ----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Labels that an operand has twice become one (a diagonal), labels that only
// one operand has and the result lacks are summed away. What is left of
// two operands is a product of matrices whose rows are the labels of one
// operand alone, whose columns those of the other, and whose contracted dim
// those that the result lacks; without such labels it is an elementwise
// product.
//
//===----------------------------------------------------------------------===//

#include "Diagonals.h"
#include "EinsumEquation.h"
#include "OpFamilies.h"
#include "PureOps.h"

#include "graph-compile/Dialect/Graph/IR/ShapeUtils.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

using Results = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Labelled tensors
//===----------------------------------------------------------------------===//

namespace {
/// A tensor with a label for each dim.
struct Term {
  Value tensor;
  Labels labels;

  bool has(Label label) const { return llvm::is_contained(labels, label); }
  int64_t dimOf(Label label) const {
    return llvm::find(labels, label) - labels.begin();
  }
};
} // namespace

/// The labels of `order` that `keeps` accepts.
static Labels filter(ArrayRef<Label> order, function_ref<bool(Label)> keeps) {
  return Labels(llvm::make_filter_range(order, keeps));
}

/// `labels` without repetitions.
static Labels dropRepetitions(ArrayRef<Label> labels) {
  Labels once;
  for (Label label : labels)
    if (!llvm::is_contained(once, label))
      once.push_back(label);
  return once;
}

static Labels join(std::initializer_list<ArrayRef<Label>> parts) {
  Labels all;
  for (ArrayRef<Label> part : parts)
    llvm::append_range(all, part);
  return all;
}

/// Puts the dims of a term into another order.
static Term reorder(Chain &chain, Term term, ArrayRef<Label> order) {
  if (term.labels == order)
    return term;
  SmallVector<int64_t> permutation;
  for (Label label : order)
    permutation.push_back(term.dimOf(label));
  return {chain.transpose(term.tensor, permutation), Labels(order)};
}

/// Puts the dims of a term into the order of `order` and gives it dims of size
/// 1 for the labels that it lacks.
static Term align(Chain &chain, Term term, ArrayRef<Label> order) {
  term = reorder(chain, term,
                 filter(order, [&](Label label) { return term.has(label); }));
  SmallVector<int64_t> missing;
  for (auto [i, label] : llvm::enumerate(order))
    if (!term.has(label))
      missing.push_back(i);
  return {chain.expandDims(term.tensor, missing), Labels(order)};
}

//===----------------------------------------------------------------------===//
// One term
//===----------------------------------------------------------------------===//

/// Makes dims that have one label one dim.
static Term takeDiagonals(NodeBuilder &node, Term term) {
  Chain chain(node);
  for (int64_t second = 0; second < int64_t(term.labels.size());) {
    int64_t first = term.dimOf(term.labels[second]);
    if (first == second) {
      ++second;
      continue;
    }
    term.tensor = takeDiagonal(
        node, chain.checkDims(term.tensor, term.tensor, first, second), first,
        second);
    term.labels.erase(term.labels.begin() + second);
  }
  return term;
}

/// Sums along the dims whose labels `keeps` does not accept.
static Term sumOut(Chain &chain, Term term, function_ref<bool(Label)> keeps) {
  SmallVector<int64_t> axes;
  for (auto [dim, label] : llvm::enumerate(term.labels))
    if (!keeps(label))
      axes.push_back(dim);
  if (axes.empty())
    return term;
  return {chain.reduce(graph::ReduceKind::Sum, term.tensor, axes),
          filter(term.labels, keeps)};
}

/// The term as the result wants it: its dims in order, and elements only where
/// the positions in dims of one label are equal.
static Value finish(NodeBuilder &node, Term term, const Labels &wanted) {
  Chain chain(node);
  term = reorder(chain, term, dropRepetitions(wanted));
  for (auto [dim, label] : llvm::enumerate(wanted)) {
    int64_t like = llvm::find(wanted, label) - wanted.begin();
    if (like != int64_t(dim))
      term.tensor = placeOnDiagonal(node, term.tensor, like, dim);
  }
  return term.tensor;
}

//===----------------------------------------------------------------------===//
// Two terms
//===----------------------------------------------------------------------===//

/// Checks that dims of one label have one size, and that dims of ellipses
/// broadcast. Gives the first term, checked.
static Value checkSizes(NodeBuilder &node, const Term &a, const Term &b) {
  Chain chain(node);
  SmallVector<int64_t> lhs, rhs, broadcastLhs, broadcastRhs;
  for (auto [dim, label] : llvm::enumerate(a.labels)) {
    if (!b.has(label))
      continue;
    (isEllipsis(label) ? broadcastLhs : lhs).push_back(dim);
    (isEllipsis(label) ? broadcastRhs : rhs).push_back(b.dimOf(label));
  }
  Value checked = chain.checkDims(a.tensor, b.tensor, lhs, rhs);
  if (!checked || broadcastLhs.empty())
    return checked;
  // A tensor that stands for the sizes of the other term in the dims of this.
  Type indexType = node.builder().getI64Type();
  SmallVector<Value> sizes(a.labels.size(), chain.integer(1, indexType));
  bool mayDiffer = false;
  for (auto [i, j] : llvm::zip_equal(broadcastLhs, broadcastRhs)) {
    sizes[i] = chain.dim(b.tensor, j, indexType);
    mayDiffer |= tensorType(checked).getDimSize(i) != 1 &&
                 tensorType(b.tensor).getDimSize(j) != 1 &&
                 !graph::sameDim(checked, i, b.tensor, j);
  }
  if (!mayDiffer)
    return checked;
  Value sample = chain.broadcastTo(node.splat(node.builder().getI1Type(), 0),
                                   chain.vector(sizes));
  return chain.checkBroadcast(checked, sample);
}

/// The elementwise product with the dims of `order`.
static Term multiply(Chain &chain, const Term &a, const Term &b,
                     ArrayRef<Label> order) {
  return {
      chain.mul(align(chain, a, order).tensor, align(chain, b, order).tensor),
      Labels(order)};
}

/// A sum of products that leaves no dim of one term alone, such as a dot
/// product of rows.
static Term multiplyAndSum(Chain &chain, Term a, Term b, ArrayRef<Label> result,
                           ArrayRef<Label> summed) {
  Type type = tensorType(a.tensor).getElementType();
  a.tensor = chain.widen(a.tensor);
  b.tensor = chain.widen(b.tensor);
  Term product = multiply(chain, a, b, join({result, summed}));
  product = sumOut(chain, product, [&](Label label) {
    return !llvm::is_contained(summed, label);
  });
  product.tensor = chain.cast(product.tensor, type);
  return product;
}

namespace {
/// A way to write a sum of products as a product of matrices.
struct MatrixProduct {
  const Term *left, *right;
  /// Labels of both terms and the result; of one term and the result; of both
  /// terms only.
  Labels batch, rows, columns, contracted;

  Labels leftOrder() const { return order(*left, rows, contracted); }
  Labels rightOrder() const { return order(*right, contracted, columns); }
  bool transposesLeft() const {
    return left->labels == order(*left, contracted, rows) &&
           left->labels != leftOrder();
  }
  bool transposesRight() const {
    return right->labels == order(*right, columns, contracted) &&
           right->labels != rightOrder();
  }
  Labels resultOrder() const { return join({batch, rows, columns}); }

  /// How many tensors have to be copied into another order.
  int countCopies(ArrayRef<Label> result) const {
    return (left->labels != leftOrder() && !transposesLeft()) +
           (right->labels != rightOrder() && !transposesRight()) +
           (ArrayRef<Label>(resultOrder()) != result);
  }

private:
  /// The labels of the batch that the term has, and then the two groups.
  Labels order(const Term &term, ArrayRef<Label> first,
               ArrayRef<Label> second) const {
    return join({filter(batch, [&](Label label) { return term.has(label); }),
                 first, second});
  }
};
} // namespace

/// The labels of `left` and `right` by what they mean for the result, with the
/// contracted ones in the order that `inner` has them.
static MatrixProduct arrange(const Term &left, const Term &right,
                             const Term &inner, ArrayRef<Label> result) {
  bool sharesBatch = llvm::any_of(
      result, [&](Label label) { return left.has(label) && right.has(label); });
  // Beside a shared batch dim, a dim that an ellipsis has in one term only is
  // a batch dim that is repeated for the other term.
  auto isBatch = [&](Label label) {
    return (left.has(label) && right.has(label)) ||
           (sharesBatch && isEllipsis(label));
  };
  MatrixProduct product = {&left, &right, filter(result, isBatch), {}, {}, {}};
  product.rows = filter(
      result, [&](Label label) { return left.has(label) && !isBatch(label); });
  product.columns = filter(
      result, [&](Label label) { return right.has(label) && !isBatch(label); });
  product.contracted = filter(inner.labels, [&](Label label) {
    return !llvm::is_contained(result, label);
  });
  return product;
}

/// The way that copies the least.
static MatrixProduct chooseArrangement(const Term &a, const Term &b,
                                       ArrayRef<Label> result) {
  MatrixProduct best = arrange(a, b, a, result);
  for (const MatrixProduct &other :
       {arrange(a, b, b, result), arrange(b, a, b, result),
        arrange(b, a, a, result)})
    if (other.countCopies(result) < best.countCopies(result))
      best = other;
  return best;
}

/// `term`, whose labels are the batch dims and those of the two groups, with
/// one dim for each group. It may lack labels of the batch.
static Value groupDims(NodeBuilder &node, const Term &term,
                       ArrayRef<Label> batch, ArrayRef<Label> first,
                       ArrayRef<Label> second) {
  Chain chain(node);
  // Leading batch dims that the term lacks need not be there.
  while (!batch.empty() && !term.has(batch.front()))
    batch = batch.drop_front();
  SmallVector<DimGroup> groups;
  auto push = [&](ArrayRef<Label> labels) {
    DimGroup group = {term.tensor, {}};
    for (Label label : labels)
      if (term.has(label))
        group.dims.push_back(term.dimOf(label));
    groups.push_back(std::move(group));
  };
  for (Label label : batch)
    push(label);
  push(first);
  push(second);
  if (llvm::any_of(groups,
                   [](const DimGroup &group) { return group.dims.size() > 1; }))
    return regroup(node, term.tensor, groups);
  SmallVector<int64_t> added;
  for (auto [i, group] : llvm::enumerate(groups))
    if (group.dims.empty())
      added.push_back(i);
  return chain.expandDims(term.tensor, added);
}

/// The product's result with a dim for each label.
static Value ungroupDims(NodeBuilder &node, Value result,
                         const MatrixProduct &product, bool keepsRows) {
  Chain chain(node);
  int64_t numBatch = product.batch.size();
  int64_t numRows = product.rows.size(), numColumns = product.columns.size();
  if ((keepsRows || numRows <= 1) && numColumns <= 1) {
    SmallVector<int64_t> dropped;
    int64_t rank = tensorType(result).getRank();
    if (numRows == 0)
      dropped.push_back(rank - 2);
    if (numColumns == 0)
      dropped.push_back(rank - 1);
    return chain.squeeze(result, dropped);
  }
  SmallVector<DimGroup> groups;
  for (int64_t dim = 0; dim < numBatch; ++dim)
    groups.push_back({result, {dim}});
  for (Label label : product.rows)
    groups.push_back({product.left->tensor, {product.left->dimOf(label)}});
  for (Label label : product.columns)
    groups.push_back({product.right->tensor, {product.right->dimOf(label)}});
  return regroup(node, result, groups);
}

/// A sum of products as one product of matrices.
static Term multiplyMatrices(NodeBuilder &node, const MatrixProduct &product) {
  Chain chain(node);
  SmallVector<NamedAttribute> flags;
  bool transposesLeft = product.transposesLeft();
  bool transposesRight = product.transposesRight();
  Term left = *product.left, right = *product.right;
  if (transposesLeft)
    flags.push_back(chain.flag("transpose_a"));
  else
    left = reorder(chain, left, product.leftOrder());
  if (transposesRight)
    flags.push_back(chain.flag("transpose_b"));
  else
    right = reorder(chain, right, product.rightOrder());
  if (!left.tensor || !right.tensor)
    return {};

  // Several dims of rows stay apart where all but the last can be batch dims.
  bool keepsRows =
      product.batch.empty() && !transposesLeft && product.rows.size() > 1;
  ArrayRef<Label> rows = product.rows, leftBatch = product.batch;
  if (keepsRows) {
    leftBatch = rows.drop_back();
    rows = rows.take_back();
  }
  Value a = transposesLeft
                ? groupDims(node, left, leftBatch, product.contracted, rows)
                : groupDims(node, left, leftBatch, rows, product.contracted);
  Value b = transposesRight ? groupDims(node, right, product.batch,
                                        product.columns, product.contracted)
                            : groupDims(node, right, product.batch,
                                        product.contracted, product.columns);
  Value result = chain.op<graph::MatmulOp>({a, b}, flags);
  if (!result)
    return {};
  return {ungroupDims(node, result, product, keepsRows), product.resultOrder()};
}

static Value buildProduct(NodeBuilder &node, Term a, Term b,
                          const Labels &wanted) {
  Chain chain(node);
  Labels result = dropRepetitions(wanted);
  a.tensor = checkSizes(node, a, b);
  if (!a.tensor)
    return {};
  auto isWanted = [&](Label label) {
    return llvm::is_contained(result, label);
  };
  a = sumOut(chain, a,
             [&](Label label) { return isWanted(label) || b.has(label); });
  b = sumOut(chain, b,
             [&](Label label) { return isWanted(label) || a.has(label); });
  if (!a.tensor || !b.tensor)
    return {};
  Labels summed =
      filter(a.labels, [&](Label label) { return !isWanted(label); });
  if (summed.empty())
    return finish(node, multiply(chain, a, b, result), wanted);
  MatrixProduct product = chooseArrangement(a, b, result);
  if (product.rows.empty() && product.columns.empty())
    return finish(node, multiplyAndSum(chain, a, b, result, summed), wanted);
  Term term = multiplyMatrices(node, product);
  return term.tensor ? finish(node, term, wanted) : Value();
}

//===----------------------------------------------------------------------===//
// Einsum
//===----------------------------------------------------------------------===//

static LogicalResult buildEinsum(NodeBuilder &node, Results &results) {
  if (node.numInputs() < 1 || node.numInputs() > 2)
    return node.error() << "expected one or two inputs, got "
                        << node.numInputs();
  if (failed(expectKind(node, 0, Numbers)))
    return failure();
  SmallVector<int64_t> ranks;
  for (unsigned i = 0; i < node.numInputs(); ++i)
    ranks.push_back(node.inputType(i).getRank());
  llvm::Expected<EinsumEquation> equation =
      parseEinsumEquation(node.stringAttr("equation"), ranks);
  if (!equation)
    return node.error() << "equation \"" << node.stringAttr("equation")
                        << "\": " << llvm::toString(equation.takeError());
  Chain chain(node);
  SmallVector<Term, 2> terms;
  for (auto [i, labels] : llvm::enumerate(equation->operands)) {
    terms.push_back(takeDiagonals(node, {node.input(i), labels}));
    if (!terms.back().tensor)
      return failure();
  }
  const Labels &wanted = equation->result;
  if (terms.size() == 2)
    return chain.give(results, buildProduct(node, terms[0], terms[1], wanted));
  Term term = sumOut(chain, terms[0], [&](Label label) {
    return llvm::is_contained(wanted, label);
  });
  return chain.give(results, finish(node, term, wanted));
}

void tensorflow::registerEinsumOps(OpTable &table) {
  table.add("Einsum", "inputs: N * T -> output: T; equation: string",
            buildEinsum);
}
