package dev.undercloud.app.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A name is asked for with {@code dig}, then the app by that name: the question is the first hop.
 */
@Timeout(300)
class LookupIT {
  @TempDir Path scratch;

  @Test
  void theLookupIsTheFirstHopOfTheRequestThatFollowed() throws Exception {
    try (Cloud cloud = new Projects(scratch).probe("lookup").up()) {
      String name = cloud.host().replaceFirst(":.*", "");
      // Nobody has asked yet, so that nothing can have come first.
      assertThat(why(cloud, Wire.get(cloud, "/before")).has("dns")).isFalse();

      assertThat(cloud.dig(name, "A")).isEqualTo("127.0.0.1");
      String id;
      try (Wire wire = new Wire(cloud.port(), cloud.host())) {
        Wire.Response first = wire.request("GET", "/first", "", "");
        Wire.Response second = wire.request("GET", "/second", "", "Connection: close\r\n");
        id = first.header("x-request-id");
        JsonNode dns = why(cloud, first).path("dns");
        assertThat(dns.path("name").asText()).isEqualTo(name + ".");
        assertThat(dns.path("type").asText()).isEqualTo("A");
        assertThat(dns.path("answer").asText()).isEqualTo("127.0.0.1");
        assertThat(dns.path("match").asText()).isEqualTo("loopback");
        assertThat(dns.path("before_ms").asDouble()).isBetween(0.0, 5_000.0);
        assertThat(why(cloud, second).has("dns")).isFalse();
      }
      assertThat(cloud.ok("why", id).out())
          .contains("DNS lookup", name + ". A 127.0.0.1, answered", "before the connection");
      assertThat(request(cloud, "/first").path("dns").path("match").asText()).isEqualTo("loopback");

      assertThat(cloud.dig("nobody." + name, "AAAA")).isEmpty();
      JsonNode asked = cloud.ok("dns", "queries", "-n", "1", "--json").json().get(0);
      assertThat(asked.path("name").asText()).isEqualTo("nobody." + name + ".");
      assertThat(asked.path("rcode").asText()).isEqualTo("NXDOMAIN");
      assertThat(asked.path("client").asText()).isEqualTo("127.0.0.1");
      assertThat(cloud.ok("dns", "queries", "--name", name).out())
          .contains("NXDOMAIN", "127.0.0.1", name + ". A");
      counted(cloud);

      assertThat(cloud.down()).isZero();
      assertThat(cloud.ok("why", id).out()).contains("DNS lookup");
      assertThat(cloud.ok("dns", "queries", "--json").json()).hasSize(2);
    }
  }

  private static void counted(Cloud cloud) throws Exception {
    JsonNode dns = cloud.ok("status", "--json").json().path("dns");
    assertThat(dns.path("queries").asInt()).isEqualTo(2);
    assertThat(cloud.ok("status").out()).contains("dns  127.0.0.1:");
    String admin = cloud.console.substring(0, cloud.console.indexOf("/?"));
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest metrics = HttpRequest.newBuilder(URI.create(admin + "/metrics")).build();
      assertThat(client.send(metrics, BodyHandlers.ofString()).body())
          .contains(
              "undercloud_dns_queries_total{network_transport=\"udp\",dns_response_code=\"NOERROR\"} 1",
              "undercloud_dns_queries_total{network_transport=\"udp\",dns_response_code=\"NXDOMAIN\"} 1",
              "undercloud_dns_connections_total{match=\"loopback\"} 1");
    }
  }

  private static JsonNode why(Cloud cloud, Wire.Response response) {
    String id = response.header("x-request-id");
    Cloud.eventually(Duration.ofSeconds(10), () -> cloud.run("why", id).status() == 0);
    return cloud.ok("why", id, "--json").json();
  }

  private static JsonNode request(Cloud cloud, String path) {
    return cloud.ok("requests", "--path", path, "--json").json().get(0);
  }
}
