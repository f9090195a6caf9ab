//===- Deadness.cpp - under which conditions nodes are alive --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Deadness.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

//===----------------------------------------------------------------------===//
// Predicates
//===----------------------------------------------------------------------===//

/// Constants decide on a variable below all others.
static constexpr uint32_t kNoVariable = 0;

Predicates::Predicates()
    : decisions({{kNoVariable, never, never}, {kNoVariable, always, always}}) {}

Predicate Predicates::addVariable() {
  return makeDecision(++numVariables, never, always);
}

Predicate Predicates::makeDecision(uint32_t variable, Predicate low,
                                   Predicate high) {
  if (low == high)
    return low;
  auto [entry, isNew] =
      indexOf.try_emplace({variable, {low, high}}, decisions.size());
  if (isNew)
    decisions.push_back({variable, low, high});
  return entry->second;
}

Predicate Predicates::choose(Predicate a, Predicate b, Predicate c) {
  if (a == always || b == c)
    return b;
  if (a == never)
    return c;
  if (b == always && c == never)
    return a;
  std::pair<Predicate, std::pair<Predicate, Predicate>> key = {a, {b, c}};
  auto found = chosen.find(key);
  if (found != chosen.end())
    return found->second;
  uint32_t variable = std::max(
      {decisions[a].variable, decisions[b].variable, decisions[c].variable});
  auto restrict = [&](Predicate function, bool value) {
    const Decision &decision = decisions[function];
    if (decision.variable != variable)
      return function;
    return value ? decision.high : decision.low;
  };
  Predicate low =
      choose(restrict(a, false), restrict(b, false), restrict(c, false));
  Predicate high =
      choose(restrict(a, true), restrict(b, true), restrict(c, true));
  Predicate result = makeDecision(variable, low, high);
  chosen[key] = result;
  return result;
}

//===----------------------------------------------------------------------===//
// Contexts
//===----------------------------------------------------------------------===//

ContextIndex Contexts::addRoot() {
  contexts.push_back(
      {dead, 0, false, /*depth=*/0, /*predicate=*/Predicates::always});
  return contexts.size() - 1;
}

ConditionIndex Contexts::addCondition(Predicate holds) {
  conditions.push_back(holds);
  return conditions.size() - 1;
}

ContextIndex Contexts::enter(ContextIndex context, ConditionIndex condition,
                             bool outcome) {
  if (context == dead)
    return dead;
  auto [entry, isNew] =
      entered.try_emplace({context, {condition, unsigned(outcome)}}, dead);
  if (!isNew)
    return entry->second;
  Predicate around = contexts[context].predicate;
  Predicate holds = conditions[condition];
  Predicate predicate =
      predicates.both(around, outcome ? holds : predicates.negate(holds));
  if (predicate == around) {
    entry->second = context;
  } else if (predicate != Predicates::never) {
    entry->second = contexts.size();
    contexts.push_back(
        {context, condition, outcome, contexts[context].depth + 1, predicate});
  }
  return entry->second;
}

SmallVector<ContextIndex> Contexts::getPath(ContextIndex context) const {
  SmallVector<ContextIndex> path;
  for (; !isRoot(context); context = contexts[context].parent)
    path.push_back(context);
  std::reverse(path.begin(), path.end());
  return path;
}

ContextIndex Contexts::intersect(ArrayRef<ContextIndex> nested) {
  ContextIndex result = nested.front();
  for (ContextIndex other : nested.drop_front()) {
    if (result == dead || other == dead)
      return dead;
    if (other == result || implies(result, other))
      continue;
    if (implies(other, result)) {
      result = other;
      continue;
    }
    for (ContextIndex step : getPath(other))
      result = enter(result, contexts[step].condition, contexts[step].outcome);
  }
  return result;
}

ContextIndex Contexts::findCommon(ArrayRef<ContextIndex> nested) const {
  ContextIndex common = nested.front();
  for (ContextIndex other : nested.drop_front())
    while (common != other) {
      ContextIndex &deeper =
          contexts[common].depth > contexts[other].depth ? common : other;
      deeper = contexts[deeper].parent;
    }
  return common;
}

bool Contexts::isInside(ContextIndex inner, ContextIndex outer) const {
  while (contexts[inner].depth > contexts[outer].depth)
    inner = contexts[inner].parent;
  return inner == outer;
}

ContextIndex Contexts::getChildAround(ContextIndex inner,
                                      ContextIndex outer) const {
  while (contexts[inner].parent != outer)
    inner = contexts[inner].parent;
  return inner;
}
