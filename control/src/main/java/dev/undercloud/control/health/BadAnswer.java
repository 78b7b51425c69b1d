package dev.undercloud.control.health;

import java.io.IOException;

/** What came back is not HTTP; the message says what, in words that follow the replica's name. */
final class BadAnswer extends IOException {
  BadAnswer(String message) {
    super(message);
  }
}
