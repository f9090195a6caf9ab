//===- StringSummary.cpp - strings as TensorFlow prints them --------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StringSummary.h"

#include "llvm/ADT/StringExtras.h"

using namespace graph_compile;
using namespace graph_compile::tensorflow;

using llvm::ArrayRef;

/// Appends `text` with C escapes; UTF-8 stays as it is.
static void appendEscaped(std::string &out, llvm::StringRef text) {
  for (char c : text) {
    unsigned char byte = c;
    size_t special = llvm::StringRef("\n\r\t").find(c);
    if (special != llvm::StringRef::npos) {
      out += '\\';
      out += "nrt"[special];
    } else if (c == '"' || c == '\'' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += '\\';
      for (int shift : {6, 3, 0})
        out += char('0' + ((byte >> shift) & 7));
    } else {
      out += c;
    }
  }
}

//===----------------------------------------------------------------------===//
// Assert and Print
//===----------------------------------------------------------------------===//

namespace {
/// Walks a tensor in row-major order until `limit` elements are written.
struct Summary {
  ArrayRef<std::string> strings;
  ArrayRef<int64_t> shape;
  int64_t limit;
  int64_t next = 0;
  std::string out;

  void appendRow(size_t dim) {
    for (int64_t i = 0; i < shape[dim]; ++i) {
      if (next >= limit) {
        // A vector's dots come at the very end.
        if (dim != 0)
          out += "...";
        return;
      }
      if (i > 0)
        out += ' ';
      appendEscaped(out, strings[next++]);
    }
  }

  void append(size_t dim) {
    if (next >= limit)
      return;
    if (dim + 1 == shape.size())
      return appendRow(dim);
    for (int64_t i = 0; i < shape[dim] && next < limit; ++i) {
      out += '[';
      append(dim + 1);
      out += ']';
    }
  }
};
} // namespace

/// How many of `count` elements are shown.
static int64_t getLimit(size_t count, int64_t summarize) {
  return summarize < 0 ? int64_t(count) : std::min<int64_t>(summarize, count);
}

std::string tensorflow::summarizeStrings(ArrayRef<std::string> strings,
                                         ArrayRef<int64_t> shape,
                                         int64_t summarize) {
  Summary summary{strings, shape, getLimit(strings.size(), summarize), 0, {}};
  if (!shape.empty())
    summary.append(0);
  else if (summary.limit > 0)
    appendEscaped(summary.out, strings.front());
  if (int64_t(strings.size()) > summary.limit)
    summary.out += "...";
  return summary.out;
}

//===----------------------------------------------------------------------===//
// StringFormat
//===----------------------------------------------------------------------===//

namespace {
struct Format {
  ArrayRef<std::string> strings;
  ArrayRef<int64_t> shape;
  int64_t atEnds;
  std::string out;

  /// Between two entries of a dim: a space, or line ends and an indent.
  void appendSpacing(size_t dim) {
    size_t dimsBelow = shape.size() - dim - 1;
    if (dimsBelow == 0) {
      out += ' ';
      return;
    }
    out.append(dimsBelow, '\n');
    out.append(dim + 1, ' ');
  }

  void append(size_t dim, int64_t first) {
    if (dim == shape.size()) {
      out += '"';
      appendEscaped(out, strings[first]);
      out += '"';
      return;
    }
    int64_t stride = 1;
    for (int64_t size : shape.drop_front(dim + 1))
      stride *= size;
    int64_t size = shape[dim];
    bool isAbridged = size > 2 * atEnds;
    out += '[';
    for (int64_t i = 0; i < size; ++i) {
      if (isAbridged && i == atEnds) {
        if (i > 0)
          appendSpacing(dim);
        out += "...";
        i = size - atEnds;
        if (i >= size)
          break;
      }
      if (i > 0)
        appendSpacing(dim);
      append(dim + 1, first + i * stride);
    }
    out += ']';
  }
};
} // namespace

std::string tensorflow::formatStrings(ArrayRef<std::string> strings,
                                      ArrayRef<int64_t> shape,
                                      int64_t summarize) {
  Format format{strings, shape, getLimit(strings.size(), summarize), {}};
  format.append(0, 0);
  return format.out;
}
