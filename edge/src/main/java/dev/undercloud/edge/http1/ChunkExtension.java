package dev.undercloud.edge.http1;

/**
 * The grammar behind a chunk size's semicolon: {@code name[=value][;…]}, the value a token or a
 * quoted string. The optional white space of RFC 9112, 7.1.1 is "bad" by its own name, and refused.
 */
final class ChunkExtension {
  private enum State {
    NAME_FIRST,
    NAME,
    VALUE_FIRST,
    VALUE,
    QUOTED,
    ESCAPED,
    AFTER_QUOTED
  }

  private State state = State.NAME_FIRST;

  void start() {
    state = State.NAME_FIRST;
  }

  /** Whether the line may end here. */
  boolean mayEnd() {
    return state == State.NAME || state == State.VALUE || state == State.AFTER_QUOTED;
  }

  /** Takes a byte; whether it fits. */
  boolean step(byte c) {
    if (c == ';' && mayEnd()) {
      state = State.NAME_FIRST;
      return true;
    }
    boolean token = (Octets.classOf(c) & Octets.TOKEN) != 0;
    switch (state) {
      case NAME_FIRST:
        state = State.NAME;
        return token;
      case NAME:
        state = c == '=' ? State.VALUE_FIRST : State.NAME;
        return token || c == '=';
      case VALUE_FIRST:
        state = c == '"' ? State.QUOTED : State.VALUE;
        return token || c == '"';
      case VALUE:
        return token;
      case QUOTED:
        state = c == '"' ? State.AFTER_QUOTED : c == '\\' ? State.ESCAPED : State.QUOTED;
        return isText(c);
      case ESCAPED:
        state = State.QUOTED;
        return isText(c);
      case AFTER_QUOTED:
        return false;
    }
    throw new AssertionError(state);
  }

  /** Tab, space, visible ASCII; also bytes above it, which are text of an unknown charset. */
  private static boolean isText(byte c) {
    return c == '\t' || c < 0 || c >= ' ' && c != 0x7f;
  }
}
