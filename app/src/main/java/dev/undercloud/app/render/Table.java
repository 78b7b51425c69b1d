package dev.undercloud.app.render;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns as wide as their widest cell. Cells are coloured after they are measured. */
public final class Table {
  /** How a cell is painted. */
  @FunctionalInterface
  public interface Paint {
    String apply(int column, String cell);
  }

  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... header) {
    this.header = List.of(header);
  }

  public Table row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    if (row.size() != header.size()) {
      throw new IllegalArgumentException("a row of " + row.size() + " in " + header.size());
    }
    rows.add(row);
    return this;
  }

  /** Lines, the header first; numbers to the right. */
  public List<String> lines(Terminal terminal, Paint paint) {
    int[] widths = new int[header.size()];
    boolean[] numeric = new boolean[header.size()];
    for (int c = 0; c < widths.length; c++) {
      widths[c] = header.get(c).length();
      numeric[c] = !rows.isEmpty();
      for (List<String> row : rows) {
        widths[c] = Math.max(widths[c], row.get(c).length());
        numeric[c] &= row.get(c).matches("-|[\\d.,]+( ?([µm]?s|%|[KMGT]?i?B|/s))?");
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(header, widths, numeric, (column, cell) -> terminal.dim(cell)));
    for (List<String> row : rows) {
      lines.add(line(row, widths, numeric, paint));
    }
    return lines;
  }

  private static String line(List<String> cells, int[] widths, boolean[] numeric, Paint paint) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < widths.length; c++) {
      String cell = cells.get(c);
      String space = " ".repeat(widths[c] - cell.length());
      boolean last = c == widths.length - 1;
      String painted = paint.apply(c, cell);
      line.append(numeric[c] ? space + painted : last ? painted : painted + space);
      line.append(last ? "" : "  ");
    }
    return line.toString().stripTrailing();
  }
}
