package dev.undercloud.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.core.id.Entropy;
import org.junit.jupiter.api.Test;

class PasswordHashTest {
  @Test
  void verifiesWhatItMade() {
    PasswordHash made = PasswordHash.of("olé 42".toCharArray(), Entropy.seeded(1));
    PasswordHash read = PasswordHash.parse(made.text());
    assertThat(read.verify("olé 42".toCharArray())).isTrue();
    assertThat(read.verify("ole 42".toCharArray())).isFalse();
    assertThat(made.toString()).doesNotContain(made.text().substring(20));
  }

  /** Made by Python's hashlib. */
  @Test
  void verifiesWhatOthersMade() {
    PasswordHash known =
        PasswordHash.parse(
            "pbkdf2-sha256$80000$TmFDbC0tc2FsdHNhbHQ$8OB4wWl0qIHpjnObxSfc5c57siozXBMqYUkhZgiZXhc");
    assertThat(known.verify("Password".toCharArray())).isTrue();
    assertThat(known.verify("wrong".toCharArray())).isFalse();
  }

  @Test
  void refusesWhatIsNone() {
    for (String text :
        new String[] {
          "",
          "secret",
          "pbkdf2-sha256$1$AAAAAAAAAAA$x",
          "$2y$10$abcdefghijklmnopqrstuv",
          "pbkdf2-sha256$1000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        }) {
      assertThatThrownBy(() -> PasswordHash.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .doesNotContain("secret");
    }
  }
}
