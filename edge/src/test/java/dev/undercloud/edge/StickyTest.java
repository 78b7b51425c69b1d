package dev.undercloud.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.undercloud.core.policy.Balance;
import dev.undercloud.edge.http1.FieldValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that stay with a replica: by cookie, and by hash. */
@Timeout(60)
class StickyTest {
  @TempDir Path folder;

  private Backend saying(String name) {
    return Backend.unix(folder.resolve(name), Backend.saying(name));
  }

  static Balance balance(Balance.Policy policy, String by, String sticky) {
    Balance d = Balance.DEFAULT;
    return new Balance(
        policy,
        by,
        Optional.ofNullable(sticky),
        d.slowStart(),
        d.inFlight(),
        d.queue(),
        d.queueTimeout(),
        d.retryPercent());
  }

  private static Wire.Response get(Wire client, String fields) throws IOException {
    return client.send("GET / HTTP/1.1\r\nHost: app.localhost\r\n" + fields + "\r\n").response();
  }

  @ParameterizedTest
  @CsvSource({
    "lb=1, false",
    "; lb=1;;  lb=2 ;, false",
    "lb=1; a=b, true",
    "a=b; lb=1, true",
    "LB=1, true",
    "lbx=1, true",
    "lb, true",
    "l, true",
  })
  void theEdgesOwnCookieSaysNothingAboutThePerson(String value, boolean other) {
    byte[] in = value.getBytes(StandardCharsets.US_ASCII);
    byte[] own = "lb".getBytes(StandardCharsets.US_ASCII);
    assertThat(FieldValues.hasCookieBeside(in, 0, in.length, own)).isEqualTo(other);
    assertThat(FieldValues.hasCookieBeside(in, 0, in.length, null)).isTrue();
  }

  @Test
  void aStickyClientGetsCompressedAnswers() throws Exception {
    Balance sticky = balance(Balance.Policy.LATENCY, "address", "lb");
    String page = "x".repeat(4096);
    try (Rig rig = new Rig();
        Backend one =
            Backend.unix(
                folder.resolve("one"),
                conn -> {
                  while (conn.request() != null) {
                    conn.say(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4096\r\n\r\n"
                            + page);
                  }
                });
        Wire client = rig.connect()) {
      rig.serve(one).follow(OverloadTest.policy(sticky));
      String gzip = "Accept-Encoding: gzip\r\n";
      String set = get(client, gzip).field("set-cookie");
      String lb = set.substring(0, set.indexOf(';'));
      Wire.Response back = get(client, gzip + "Cookie: " + lb + "\r\n");
      assertThat(back.field("content-encoding")).isEqualTo("gzip");
      Wire.Response person = get(client, gzip + "Cookie: " + lb + "; sid=1\r\n");
      assertThat(person.field("content-encoding")).isNull();
    }
  }

  @Test
  void aCookieLeadsBackAndSurvivesADeploy() throws Exception {
    Balance sticky = balance(Balance.Policy.LATENCY, "address", "lb");
    try (Rig rig = new Rig();
        Backend one = saying("one");
        Backend two = saying("two");
        Backend three = saying("three");
        Wire client = rig.connect()) {
      rig.serve(one, two).follow(OverloadTest.policy(sticky));
      Map<String, String> cookies = new HashMap<>();
      for (int i = 0; i < 40; i++) {
        Wire.Response response = get(client, "");
        String set = response.field("set-cookie");
        assertThat(set).matches("lb=[0-9a-f]{16}; Path=/; HttpOnly; SameSite=Lax");
        cookies.put(response.text(), set.substring(0, set.indexOf(';')));
      }
      assertThat(cookies).containsOnlyKeys("one", "two");
      assertThat(new HashSet<>(cookies.values())).hasSize(2);
      for (int i = 0; i < 20; i++) {
        String name = i % 2 == 0 ? "one" : "two";
        Wire.Response response = get(client, "Cookie: a=b; " + cookies.get(name) + "\r\n");
        assertThat(response.text()).isEqualTo(name);
        assertThat(response.field("set-cookie")).isNull();
      }
      // One leaves: its clients move once, the others stay.
      rig.serve(two, three);
      assertThat(get(client, "Cookie: " + cookies.get("two") + "\r\n").text()).isEqualTo("two");
      Wire.Response moved = get(client, "Cookie: " + cookies.get("one") + "\r\n");
      String set = moved.field("set-cookie");
      String cookie = set.substring(0, set.indexOf(';'));
      for (int i = 0; i < 10; i++) {
        Wire.Response response = get(client, "Cookie: " + cookie + "\r\n");
        assertThat(response.text()).isEqualTo(moved.text());
        assertThat(response.field("set-cookie")).isNull();
      }
      // Nonsense is no cookie of ours.
      assertThat(get(client, "Cookie: lb=web.1; LB=\r\n").field("set-cookie")).isNotNull();
      assertThat(get(client, "Cookie: lb=0000000000000000\r\n").field("set-cookie")).isNotNull();
    }
  }

  @Test
  void headersAndCookiesAreHashed() throws Exception {
    try (Rig rig = new Rig();
        Backend one = saying("one");
        Backend two = saying("two");
        Backend three = saying("three");
        Wire client = rig.connect()) {
      rig.serve(one, two, three);
      rig.follow(OverloadTest.policy(balance(Balance.Policy.HASH, "header X-Tenant", null)));
      Map<String, String> found = same(client, "x-tenant: ");
      rig.follow(OverloadTest.policy(balance(Balance.Policy.HASH, "cookie tenant", null)));
      // The same value means the same replica, wherever it was read.
      assertThat(same(client, "Cookie: other=1; tenant=")).isEqualTo(found);
      rig.follow(OverloadTest.policy(balance(Balance.Policy.HASH, "address", null)));
      Set<String> own = new HashSet<>();
      for (int i = 0; i < 10; i++) {
        own.add(client.get("/").text());
      }
      assertThat(own).hasSize(1);
    }
  }

  /** Which replica each of some tenants gets, always the same. */
  private static Map<String, String> same(Wire client, String field) throws IOException {
    Map<String, String> found = new HashMap<>();
    for (int i = 0; i < 90; i++) {
      String tenant = "tenant-" + i % 30;
      String name = get(client, field + tenant + "\r\n").text();
      assertThat(found.putIfAbsent(tenant, name)).isIn(null, name);
    }
    assertThat(new HashSet<>(found.values())).hasSize(3);
    return found;
  }
}
