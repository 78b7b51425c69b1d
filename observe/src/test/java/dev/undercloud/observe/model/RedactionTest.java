package dev.undercloud.observe.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTest {
  @ParameterizedTest
  @CsvSource({
    "a=1&b=2, a=1&b=2",
    "token=x, token=REDACTED",
    "access_token=x&a=1, access_token=REDACTED&a=1",
    "a=1&PassWord=hunter2, a=1&PassWord=REDACTED",
    "X-Amz-Signature=abc, X-Amz-Signature=REDACTED",
    "sig=abc&se=1, sig=REDACTED&se=1",
    "client_secret=, client_secret=REDACTED",
    "key=1&monkey=2&api_key=3&keyword=4, key=REDACTED&monkey=2&api_key=REDACTED&keyword=4",
    "t%6Fken=x, t%6Fken=REDACTED",
    "%zz=x, %zz=REDACTED",
    "token, token",
    "&&=&a==&, &&=&a==&",
    "AWSAccessKeyId=AKIA&q=a, AWSAccessKeyId=REDACTED&q=a",
    "tokens=a=b=c, tokens=REDACTED",
  })
  void secretsAreReplaced(String query, String shown) {
    assertThat(Redaction.ofQuery(query)).isEqualTo(shown);
  }
}
