package dev.undercloud.runtime.build;

/**
 * One name of a project as it was found on disk.
 *
 * @param path relative to the project, with slashes
 * @param target of a {@link Kind#LINK}; of a {@link Kind#FILE} that is a link to outside of the
 *     project, where that leads; empty for the others
 * @param executable whether anybody may execute a file
 * @param stat zeros for what is not a file
 */
record Entry(Kind kind, String path, String target, boolean executable, Stat stat) {

  enum Kind {
    FOLDER,
    FILE,
    /** A symbolic link to somewhere inside the project, relative. */
    LINK,
    /** A database file: lives in the data folder, the release holds a link to it. */
    DATA_FILE,
    /** A folder that the app writes to: as {@link #DATA_FILE}. */
    DATA_FOLDER,
    /** Not in the project: a place for a database that the source names. */
    LIKELY_FILE,
    /** As {@link #LIKELY_FILE}, a folder. */
    LIKELY_FOLDER;

    /** Whether it was found on disk, not guessed from what was found there. */
    boolean found() {
      return this != LIKELY_FILE && this != LIKELY_FOLDER;
    }
  }

  /**
   * What changes when a file changes.
   *
   * @param modified nanoseconds since 1970, as the program that wrote it may have set it
   * @param changed nanoseconds since 1970, as the kernel sets it
   */
  record Stat(long size, long modified, long changed, long inode) {
    static final Stat NONE = new Stat(0, 0, 0, 0);
  }

  /** One line of a digest; {@code content} is the hash of a file's content, else empty. */
  String describe(String content) {
    return kind + "\0" + path + "\0" + target + "\0" + executable + "\0" + content;
  }
}
