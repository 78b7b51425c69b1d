package dev.undercloud.control;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Ends a controller at the n-th step it takes: each call of the journal or the driver that leaves a
 * trace has two, one before it does anything and one after it has done all. From then on nothing
 * gets through, as from a process that is dead.
 */
final class Fuse {
  /** Calls that leave no trace in the world. */
  private static final Set<String> HARMLESS =
      Set.of(
          "usage",
          "capabilities",
          "name",
          "exit",
          "events",
          "event",
          "wish",
          "revision",
          "replicas",
          "scales",
          "releaseCommandDone",
          "releases",
          "toString",
          "hashCode",
          "equals");

  private int left;
  private int inside;
  private boolean blown;
  final List<String> steps = new ArrayList<>();

  /**
   * @param steps how many get through
   */
  Fuse(int steps) {
    left = steps;
  }

  static final class Crash extends Error {
    Crash(String where) {
      super("kill -9 at " + where);
    }
  }

  <T> T guard(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call(target, method, arguments)));
  }

  private Object call(Object target, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("close") || method.getName().equals("usage")) {
      return invoke(target, method, arguments);
    }
    boolean counts = !HARMLESS.contains(method.getName());
    enter(counts, method.getName());
    try {
      return invoke(target, method, arguments);
    } finally {
      leave(counts, method.getName());
    }
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private synchronized void enter(boolean counts, String name) {
    step(counts, "before " + name);
    inside++;
  }

  private synchronized void leave(boolean counts, String name) {
    inside--;
    notifyAll();
    step(counts, "after " + name);
  }

  private void step(boolean counts, String name) {
    if (!blown && counts) {
      steps.add(name);
      blown = left-- == 0;
    }
    if (blown) {
      throw new Crash(name);
    }
  }

  synchronized boolean blown() {
    return blown;
  }

  /** A dead process has no call half done: what had begun ends before the next process comes. */
  synchronized void settle() throws InterruptedException {
    blown = true;
    while (inside > 0) {
      wait();
    }
  }
}
