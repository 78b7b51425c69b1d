package dev.undercloud.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A command of the Python interpreter.
 *
 * @param head interpreter, its options, and the module or script
 * @param module what {@code -m} names; null where a script is run
 * @param script null where a module is run
 * @param arguments of the module or script
 */
record PythonCall(
    List<String> head, @Nullable String module, @Nullable String script, List<String> arguments) {
  private static final Pattern INTERPRETER = Pattern.compile("(?:.*/)?(?:python|pypy)[0-9.]*");

  /** Null where it is another program, or Python without a module or script. */
  static @Nullable PythonCall of(List<String> words) {
    if (words.getFirst().endsWith(".py")) {
      return script(words, 0);
    }
    if (!isPython(words.getFirst())) {
      return null;
    }
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-m") && i + 1 < words.size()) {
        return new PythonCall(
            words.subList(0, i + 2), words.get(i + 1), null, words.subList(i + 2, words.size()));
      }
      if (word.equals("-X") || word.equals("-W")) {
        i++;
      } else if (!word.startsWith("-")) {
        return script(words, i);
      } else if (word.equals("-c")) {
        return null;
      }
    }
    return null;
  }

  static boolean isPython(String program) {
    return INTERPRETER.matcher(program).matches();
  }

  private static PythonCall script(List<String> words, int at) {
    String script = words.get(at).startsWith("./") ? words.get(at).substring(2) : words.get(at);
    return new PythonCall(
        words.subList(0, at + 1), null, script, words.subList(at + 1, words.size()));
  }

  /**
   * The command as if the module were a program: {@code flask run} for {@code python -m flask run}.
   */
  static List<String> asProgram(List<String> words) {
    PythonCall call = of(words);
    if (call == null || call.module == null) {
      return words;
    }
    List<String> program = new ArrayList<>();
    program.add(call.module);
    program.addAll(call.arguments);
    return program;
  }
}
