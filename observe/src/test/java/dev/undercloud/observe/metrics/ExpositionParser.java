package dev.undercloud.observe.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A strict reader of the Prometheus text format, written from its description alone. */
final class ExpositionParser {
  record Sample(String name, Map<String, String> labels, double value) {}

  final Map<String, String> types = new LinkedHashMap<>();
  final Map<String, String> helps = new HashMap<>();
  final List<Sample> samples = new ArrayList<>();
  private String line = "";
  private int at;

  ExpositionParser(String text) {
    if (!text.endsWith("\n")) {
      throw new IllegalStateException("the last line must end, too");
    }
    Set<String> closed = new HashSet<>();
    String family = "";
    for (String each : text.split("\n")) {
      line = each;
      at = 0;
      if (line.startsWith("# HELP ") || line.startsWith("# TYPE ")) {
        String[] words = line.split(" ", 4);
        if (words.length < 4
            || (line.startsWith("# T") ? types : helps).put(words[2], words[3]) != null) {
          throw fail("a family is described once");
        }
        if (!words[2].equals(family)) {
          closed.add(family);
          family = words[2];
        }
        if (closed.contains(family)) {
          throw fail("a family must be in one piece");
        }
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        Sample sample = sample();
        if (!sample.name.startsWith(family)) {
          throw fail("a sample outside of its family " + family);
        }
        samples.add(sample);
      }
    }
  }

  private Sample sample() {
    String name = word("[a-zA-Z_:][a-zA-Z0-9_:]*");
    Map<String, String> labels = new LinkedHashMap<>();
    if (peek() == '{') {
      at++;
      while (peek() != '}') {
        String label = word("[a-zA-Z_][a-zA-Z0-9_]*");
        expect('=');
        expect('"');
        StringBuilder value = new StringBuilder();
        while (peek() != '"') {
          char c = line.charAt(at++);
          if (c == '\\') {
            char escaped = line.charAt(at++);
            c = escaped == 'n' ? '\n' : escaped;
            if ("n\\\"".indexOf(escaped) < 0) {
              throw fail("no such escape");
            }
          }
          value.append(c);
        }
        at++;
        if (labels.put(label, value.toString()) != null) {
          throw fail("a label twice");
        }
        if (peek() == ',') {
          at++;
        }
      }
      at++;
    }
    expect(' ');
    String number = line.substring(at);
    return new Sample(
        name,
        labels,
        number.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(number));
  }

  private String word(String pattern) {
    var m = java.util.regex.Pattern.compile(pattern).matcher(line).region(at, line.length());
    if (!m.lookingAt()) {
      throw fail("no name");
    }
    at = m.end();
    return m.group();
  }

  private char peek() {
    return line.charAt(at);
  }

  private void expect(char c) {
    if (line.charAt(at++) != c) {
      throw fail("expected " + c);
    }
  }

  private IllegalStateException fail(String why) {
    return new IllegalStateException(why + " at " + at + ": " + line);
  }

  double value(String name, String... labels) {
    return samples.stream()
        .filter(s -> s.name.equals(name))
        .filter(s -> {
          for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i + 1].equals(s.labels.get(labels[i]))) {
              return false;
            }
          }
          return true;
        })
        .mapToDouble(Sample::value)
        .sum();
  }
}
