package dev.undercloud.runtime.process;

import dev.undercloud.core.unit.ByteSize;
import dev.undercloud.runtime.driver.Exit;

/** How a replica ended, in words. */
final class Exits {
  /** Nobody of this process saw how it ended. */
  static final int UNSEEN = -1;

  private static final String[] SIGNALS = {
    "",
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS"
  };

  private Exits() {}

  /**
   * @param status an exit code, 128 and the signal for one that ended it, or {@link #UNSEEN}
   * @param memoryKill whether the kernel killed one of its processes for memory shortly before
   */
  static Exit of(int status, boolean memoryKill, RunRecord record) {
    boolean signalled = status > 128 && status - 128 < SIGNALS.length;
    int signal = signalled ? status - 128 : 0;
    int code = signalled || status == UNSEEN ? -1 : status;
    if (memoryKill) {
      String limit =
          record.memoryLimit() > 0
              ? "over its limit of " + new ByteSize(record.memoryLimit())
              : "the machine has no more";
      return new Exit(code, signal, true, "out of memory: " + limit);
    }
    if (status == UNSEEN) {
      return new Exit(-1, 0, false, "ended; how is not known, an earlier Undercloud started it");
    }
    if (signalled) {
      return new Exit(-1, signal, false, "killed by " + SIGNALS[signal]);
    }
    return new Exit(code, 0, false, "exit code " + code + explanation(code, record));
  }

  /** The leader ended well and left others to do the work, which is nobody to look after. */
  static Exit wentToBackground() {
    return new Exit(
        0,
        0,
        false,
        "exit code 0: it went to the background, where it was ended; run it in the foreground,"
            + " without an option like --daemon");
  }

  private static String explanation(int code, RunRecord record) {
    String what = record.shell() ? "a command in `" + record.program() + "`" : record.program();
    return switch (code) {
      case 126 -> ": " + what + " may not be executed";
      case 127 -> record.shell() ? ": " + what + " was not found" : ": command not found: " + what;
      default -> "";
    };
  }
}
