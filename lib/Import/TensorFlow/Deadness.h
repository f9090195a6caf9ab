//===- Deadness.h - under which conditions nodes are alive ------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Switch makes what depends on one of its outputs alive under a condition
// only. Conditions are boolean functions of the values that Switches look at;
// equal functions are one number here, so that a Merge of both outcomes is
// known to be alive whenever the Switch is.
//
// Functions are kept as reduced ordered decision diagrams (Bryant, "Graph-based
// algorithms for boolean function manipulation", 1986) with the newest variable
// on top: a conditional in a conditional, and the Merge behind it, then take
// constant time.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DEADNESS_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DEADNESS_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"

#include <cstdint>
#include <vector>

namespace graph_compile::tensorflow {

/// A boolean function; equal numbers are equal functions.
using Predicate = uint32_t;

/// The boolean functions of one graph.
class Predicates {
public:
  static constexpr Predicate never = 0;
  static constexpr Predicate always = 1;

  Predicates();

  /// A variable that no function uses yet.
  Predicate addVariable();
  Predicate negate(Predicate a) { return choose(a, never, always); }
  Predicate both(Predicate a, Predicate b) { return choose(a, b, never); }
  Predicate either(Predicate a, Predicate b) { return choose(a, always, b); }
  bool implies(Predicate a, Predicate b) {
    return choose(a, b, always) == always;
  }
  bool areExclusive(Predicate a, Predicate b) { return both(a, b) == never; }

private:
  /// `high` where the variable holds, else `low`.
  struct Decision {
    uint32_t variable;
    Predicate low, high;
  };

  Predicate makeDecision(uint32_t variable, Predicate low, Predicate high);
  /// `a ? b : c`. Recursion goes as deep as the functions have variables.
  Predicate choose(Predicate a, Predicate b, Predicate c);

  std::vector<Decision> decisions;
  llvm::DenseMap<std::pair<uint32_t, std::pair<Predicate, Predicate>>,
                 Predicate>
      indexOf;
  llvm::DenseMap<std::pair<Predicate, std::pair<Predicate, Predicate>>,
                 Predicate>
      chosen;
  uint32_t numVariables = 0;
};

/// Position of a context among a graph's.
using ContextIndex = uint32_t;
/// Position of a condition among a graph's.
using ConditionIndex = uint32_t;

/// A place in the nest of conditionals: it is alive where its parent is and a
/// condition holds, or does not.
struct Context {
  ContextIndex parent;
  ConditionIndex condition;
  bool outcome;
  uint32_t depth;
  Predicate predicate;
};

/// The nests of conditionals of one graph, one for the graph itself and one for
/// each loop. Several contexts may be alive at the same time, in other nests of
/// the same conditions.
class Contexts {
public:
  /// The context of what is never alive.
  static constexpr ContextIndex dead = ~ContextIndex(0);

  explicit Contexts(Predicates &predicates) : predicates(predicates) {}

  const Context &operator[](ContextIndex index) const {
    return contexts[index];
  }
  bool isRoot(ContextIndex context) const {
    return contexts[context].depth == 0;
  }

  /// A nest of its own.
  ContextIndex addRoot();
  /// Something to decide on, `holds` as a function.
  ConditionIndex addCondition(Predicate holds);
  Predicate getPredicate(ConditionIndex condition) const {
    return conditions[condition];
  }

  /// `context` where a condition has an outcome: itself where it always has,
  /// `dead` where it never has.
  ContextIndex enter(ContextIndex context, ConditionIndex condition,
                     bool outcome);
  /// Where all contexts are alive: one of them if there is such a one.
  ContextIndex intersect(llvm::ArrayRef<ContextIndex> nested);
  /// The innermost context around all of them.
  ContextIndex findCommon(llvm::ArrayRef<ContextIndex> nested) const;
  /// Whether `inner` lies in `outer` or is the same.
  bool isInside(ContextIndex inner, ContextIndex outer) const;
  /// The context in `outer` that `inner`, a deeper one, lies in or is.
  ContextIndex getChildAround(ContextIndex inner, ContextIndex outer) const;
  /// Whether `a` is alive only where `b` is.
  bool implies(ContextIndex a, ContextIndex b) {
    return predicates.implies(contexts[a].predicate, contexts[b].predicate);
  }
  bool areExclusive(ContextIndex a, ContextIndex b) {
    return predicates.areExclusive(contexts[a].predicate,
                                   contexts[b].predicate);
  }
  /// The contexts from below the root to `context`.
  llvm::SmallVector<ContextIndex> getPath(ContextIndex context) const;

private:
  Predicates &predicates;
  std::vector<Context> contexts;
  std::vector<Predicate> conditions;
  llvm::DenseMap<std::pair<ContextIndex, std::pair<ConditionIndex, unsigned>>,
                 ContextIndex>
      entered;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_DEADNESS_H
