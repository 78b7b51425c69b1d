package dev.undercloud.edge.reply;

import java.io.IOException;

/** What is being sent is no longer what its head told: nobody should take it for whole. */
public final class ChangedException extends IOException {
  private static final long serialVersionUID = 1;

  public ChangedException() {
    super("what was being sent changed meanwhile");
  }
}
