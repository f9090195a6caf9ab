//===- EinsumEquation.cpp - which dims a sum of products names ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EinsumEquation.h"

#include "llvm/ADT/STLExtras.h"

#include <optional>

using namespace llvm;
using namespace graph_compile::tensorflow;

static Error makeError(const Twine &message) {
  return createStringError(inconvertibleErrorCode(), message);
}

namespace {
/// The labels of one operand, before the dims of its ellipsis are known.
struct Term {
  Labels before, after;
  bool hasEllipsis = false;

  int64_t numLabels() const { return before.size() + after.size(); }
  /// All labels, with `count` dims for the ellipsis.
  Labels expand(int64_t count) const {
    Labels labels = before;
    for (int64_t i = 0; hasEllipsis && i < count; ++i)
      labels.push_back(i - count);
    append_range(labels, after);
    return labels;
  }
};
} // namespace

static Expected<Term> parseTerm(StringRef text) {
  Term term;
  for (StringRef rest = text; !rest.empty();) {
    if (rest.consume_front("...")) {
      if (term.hasEllipsis)
        return makeError("expected at most one ellipsis in \"" + text + "\"");
      term.hasEllipsis = true;
      continue;
    }
    if (rest.front() == '.')
      return makeError("expected dots to come in threes in \"" + text + "\"");
    Labels &labels = term.hasEllipsis ? term.after : term.before;
    labels.push_back(static_cast<unsigned char>(rest.front()));
    rest = rest.drop_front();
  }
  return term;
}

/// The labels of an operand of rank `rank`.
static Expected<Labels> readOperand(StringRef text, size_t number,
                                    int64_t rank) {
  Expected<Term> term = parseTerm(text);
  if (!term)
    return term.takeError();
  int64_t more = rank - term->numLabels();
  if (more < 0 || (more > 0 && !term->hasEllipsis))
    return makeError("expected operand " + Twine(number) + " to have " +
                     (term->hasEllipsis ? "at least " : "") +
                     Twine(term->numLabels()) + " dims, as \"" + text +
                     "\" says, got " + Twine(rank));
  return term->expand(more);
}

/// The labels of the result, which are labels of the operands.
static Expected<Labels> readResult(StringRef text, ArrayRef<Labels> operands) {
  Expected<Term> term = parseTerm(text);
  if (!term)
    return term.takeError();
  int64_t numBroadcast = 0;
  for (const Labels &operand : operands)
    numBroadcast =
        std::max<int64_t>(numBroadcast, count_if(operand, isEllipsis));
  if (numBroadcast > 0 && !term->hasEllipsis)
    return makeError("expected an ellipsis in the result \"" + text +
                     "\", because an operand's stands for " +
                     Twine(numBroadcast) + " dims");
  Labels labels = term->expand(numBroadcast);
  for (Label label : labels)
    if (!isEllipsis(label) && none_of(operands, [&](const Labels &operand) {
          return is_contained(operand, label);
        }))
      return makeError(Twine("expected every label of the result to be one of "
                             "an operand, got \"") +
                       Twine(static_cast<char>(label)) + "\"");
  return labels;
}

Expected<EinsumEquation>
graph_compile::tensorflow::parseEinsumEquation(StringRef text,
                                               ArrayRef<int64_t> ranks) {
  auto [left, right] = text.split("->");
  if (left.size() + 2 > text.size() || right.contains("->"))
    return makeError("expected exactly one \"->\"");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (terms.size() != ranks.size())
    return makeError("expected one term per operand, got " +
                     Twine(terms.size()) + " terms for " + Twine(ranks.size()) +
                     " operands");
  EinsumEquation equation;
  for (auto [i, term] : enumerate(terms)) {
    Expected<Labels> labels = readOperand(term, i, ranks[i]);
    if (!labels)
      return labels.takeError();
    equation.operands.push_back(*labels);
  }
  Expected<Labels> result = readResult(right, equation.operands);
  if (!result)
    return result.takeError();
  equation.result = *result;
  return equation;
}
