#!/usr/bin/env python3
"""Writes `csharp.jsonl`: what mono's C# 7 compiler and class library answer to the questions of `cases.py`.

    apt-get install mono-mcs mono-runtime libmono-system-core4.0-cil
    python3 rules-sdk/cli/tests/golden/generate.py

Only needed when `cases.py` changes; tests read the written file. One line is a table of inputs (`columns`, `rows`) or an
expression with one result per row: a value as `syncline-rules eval` prints it, or `error:kind`. Expressions that mono does
not compile go to `without_oracle.txt`. Culture and time zone are fixed, so the same cases give the same file.
"""

import base64
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

import cases

HERE = os.path.dirname(os.path.abspath(__file__))
FILE = os.path.join(HERE, "csharp.jsonl")
WITHOUT = os.path.join(HERE, "without_oracle.txt")

CSHARP = {"string": "string", "int": "int", "long": "long", "double": "double", "bool": "bool", "char": "char",
          "string[]": "List<string>", "int[]": "List<int>", "binary": "byte[]", "date": "DateTime"}


def text(value):
    units = struct.iter_unpack("<H", value.encode("utf-16-le"))
    return '"' + "".join(f"\\u{unit:04x}" for (unit,) in units) + '"'


def literal(value, ty):
    """A value of a column as C#."""
    if value is None:
        return "null"
    base = ty.rstrip("?")
    if base == "string":
        return text(value)
    if base == "char":
        return f"(char){ord(value)}"
    if base == "int":
        return f"(int)({value}L)"
    if base == "long":
        return f"unchecked((long)0x{value & (1 << 64) - 1:x}UL)"
    if base == "double":
        return f"BitConverter.Int64BitsToDouble(unchecked((long)0x{struct.unpack('<Q', struct.pack('<d', value))[0]:x}UL))"
    if base == "bool":
        return "true" if value else "false"
    if base == "binary":
        return f'Convert.FromBase64String("{base64.b64encode(value).decode()}")'
    if base == "date":
        return f'DateTime.Parse("{value}Z", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)'
    element = base[:-2]
    items = ", ".join(literal(item, element) for item in value)
    return f"new List<{CSHARP[element]}> {{ {items} }}"


def type_of(ty):
    base = ty.rstrip("?")
    name = CSHARP[base]
    is_value = base in ("int", "long", "double", "bool", "char", "date")
    return name + ("?" if ty.endswith("?") and is_value else "")


def jsonable(value):
    """A value of a row as the table writes it."""
    if isinstance(value, bytes):
        return {"$b64": base64.b64encode(value).decode()}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    return value


HEAD = """using System; using System.Collections.Generic; using System.Globalization; using System.Linq; using System.Text;
using System.Text.RegularExpressions; using System.Threading; using System.IO; using System.Net; using System.Security.Cryptography;
static class Golden {
  static string Quote(string s) {
    var o = new StringBuilder("\\"");
    for (int i = 0; i < s.Length; i++) {
      char c = s[i];
      bool pair = char.IsHighSurrogate(c) && i + 1 < s.Length && char.IsLowSurrogate(s[i + 1]);
      if (pair) { o.AppendFormat("\\\\u{0:x4}\\\\u{1:x4}", (int)c, (int)s[++i]); continue; }
      if (char.IsSurrogate(c)) o.Append("\\\\ufffd");
      else if (c < 32 || c > 126 || c == '"' || c == '\\\\') o.AppendFormat("\\\\u{0:x4}", (int)c);
      else o.Append(c);
    }
    return o.Append('"').ToString();
  }
  static string Show(object v) {
    if (v == null) return "null";
    if (v is string) return Quote((string)v);
    if (v is char) return Quote(v.ToString());
    if (v is bool) return (bool)v ? "true" : "false";
    if (v is float) return Show((double)(float)v);
    if (v is double) {
      var d = (double)v;
      if (double.IsNaN(d)) return "\\"NaN\\"";
      if (double.IsInfinity(d)) return d > 0 ? "\\"Infinity\\"" : "\\"-Infinity\\"";
      if (d == 0 && BitConverter.DoubleToInt64Bits(d) < 0) return "-0.0";
      var r = d.ToString("R");
      return r.IndexOfAny(new[] { '.', 'E' }) < 0 ? r + ".0" : r;
    }
    if (v is DateTime) return Quote(((DateTime)v).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF") + "Z");
    if (v is Guid) return Quote(v.ToString());
    if (v is byte[]) return "{\\"$b64\\":" + Quote(Convert.ToBase64String((byte[])v)) + "}";
    if (v is IEnumerable<byte>) return Show(((IEnumerable<byte>)v).ToArray());
    if (v is System.Collections.IEnumerable) {
      var items = new List<string>();
      foreach (var item in (System.Collections.IEnumerable)v) items.Add(Show(item));
      return "[" + string.Join(",", items) + "]";
    }
    if (v is int || v is long || v is short || v is ushort || v is byte || v is sbyte || v is uint) return v.ToString();
    return Quote("type:" + v.GetType().Name);
  }
  static string Kind(Exception e) {
    if (e is NullReferenceException) return "null_reference";
    if (e is ArgumentOutOfRangeException || e is IndexOutOfRangeException) return "out_of_range";
    if (e is ArgumentException) return "argument";
    if (e is FormatException) return "format";
    if (e is OverflowException) return "overflow";
    if (e is DivideByZeroException) return "divide_by_zero";
    if (e is InvalidOperationException) return "invalid_operation";
    return e.GetType().Name;
  }
  static void Run(int number, object[][] rows, Func<object[], object> f) {
    var all = new List<string>();
    foreach (var row in rows) {
      try { all.Add(Show(f(row))); } catch (Exception e) { all.Add(Quote("error:" + Kind(e))); }
    }
    Console.Out.Write(number + "\\t[" + string.Join(",", all) + "]\\n");
  }
"""


def program(questions):
    """The C# source, and the question of each line."""
    lines, owner = HEAD.splitlines(), {}
    for name, columns, rows, *_ in cases.TABLES:
        cells = ["new object[] { " + ", ".join(literal(v, t) for v, t in zip(row, columns.values())) + " }" for row in rows]
        lines.append(f"  static readonly object[][] rows_{name} = {{ {', '.join(cells)} }};")
    for number, (table, expr) in questions.items():
        _, columns, _, _, *prelude = next(t for t in cases.TABLES if t[0] == table)
        params = ", ".join(f"{type_of(ty)} {column}" for column, ty in columns.items())
        owner[len(lines) + 1] = number
        lines.append(f"  static object F{number}({params}) {{ {' '.join(prelude)} return (object)({expr}); }}")
    lines.append("  static void Main() {")
    lines.append("    Thread.CurrentThread.CurrentCulture = CultureInfo.InvariantCulture;")
    for number, (table, _) in questions.items():
        columns = next(t for t in cases.TABLES if t[0] == table)[1]
        args = ", ".join(f"({type_of(ty)})r[{i}]" for i, ty in enumerate(columns.values()))
        lines.append(f"    Run({number}, rows_{table}, r => F{number}({args}));")
    lines += ["  }", "}"]
    return "\n".join(lines), owner


def main():
    questions = {}
    for table, _, _, expressions, *_ in cases.TABLES:
        for expr in dict.fromkeys(expressions):
            questions[len(questions)] = (table, expr)
    refused = {}
    with tempfile.TemporaryDirectory() as scratch:
        source, binary = os.path.join(scratch, "golden.cs"), os.path.join(scratch, "golden.exe")
        while True:
            code, owner = program(questions)
            with open(source, "w", encoding="utf-8") as file:
                file.write(code)
            command = ["mcs", "-nologo", "-langversion:7.2", "-nowarn:1718,219,183,184,1720,168,162,429,464,472,458", f"-out:{binary}", source]
            found = subprocess.run(command, capture_output=True, text=True)
            if found.returncode == 0:
                break
            errors = re.findall(r"golden\.cs\((\d+),\d+\): error (CS\d+): (.*)", found.stdout + found.stderr)
            bad = {owner[int(line)]: f"{number} {message}" for line, number, message in reversed(errors) if int(line) in owner}
            if not bad:
                sys.exit(found.stdout + found.stderr)
            for number, why in bad.items():
                refused[number] = (*questions.pop(number), why)
        environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C", "LANG": "C"}
        found = subprocess.run(["mono", binary], capture_output=True, text=True, env=environment, check=True)
    answers = {int(line.split("\t")[0]): line.split("\t")[1] for line in found.stdout.splitlines()}
    with open(FILE, "w", encoding="utf-8") as file:
        for name, columns, rows, expressions, *prelude in cases.TABLES:
            rows = [[jsonable(v) for v in row] for row in rows]
            head = {"table": name, "columns": list(columns.items()), "prelude": " ".join(prelude), "rows": rows}
            file.write(json.dumps(head, ensure_ascii=False, separators=(",", ":")) + "\n")
            for number in sorted(n for n, (table, _) in questions.items() if table == name):
                expr = json.dumps(questions[number][1], ensure_ascii=False)
                file.write(f'{{"expr":{expr},"out":{readable(answers[number])}}}\n')
    with open(WITHOUT, "w", encoding="utf-8") as file:
        for number in sorted(refused):
            table, expr, why = refused[number]
            file.write(f"{table}\t{expr}\t{why}\n")
    results = sum(len(next(t for t in cases.TABLES if t[0] == table)[2]) for table, _ in questions.values())
    print(f"{len(questions)} expressions, {results} results, {len(refused)} expressions without a second opinion")


def readable(answers):
    """Escapes of letters as letters, so that a diff can be read."""
    def letter(match):
        units = bytes.fromhex("".join(u[2:] for u in re.findall(r"\\u....", match[0])))
        found = units.decode("utf-16-be")
        return "".join(c if c.isprintable() and c not in '"\\' else json.dumps(c)[1:-1] for c in found)
    return re.sub(r"(?:\\u[0-9a-f]{4})+", letter, answers)


if __name__ == "__main__":
    main()
