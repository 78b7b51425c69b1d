package dev.undercloud.app.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.undercloud.app.render.Json;
import dev.undercloud.core.error.CloudException;
import dev.undercloud.edge.cache.Purge;
import org.junit.jupiter.api.Test;

class CacheVerbsTest {
  private static Purge wanted(String name, String value) {
    return CacheVerbs.wanted(Json.object().put(name, value));
  }

  @Test
  void readsPathsAndUrls() {
    assertThat(wanted("path", "/a?x=1")).isEqualTo(new Purge.Path(null, "/a?x=1"));
    assertThat(wanted("path", "http://app.localhost:8080/a?x=http://b/c"))
        .isEqualTo(new Purge.Path("app.localhost:8080", "/a?x=http://b/c"));
    assertThat(wanted("path", "https://app.localhost"))
        .isEqualTo(new Purge.Path("app.localhost", "/"));
    assertThat(wanted("prefix", "https://app.localhost/static/"))
        .isEqualTo(new Purge.Prefix("app.localhost", "/static/"));
    assertThat(wanted("tag", "blue")).isEqualTo(new Purge.Tag("blue"));
    assertThat(CacheVerbs.wanted(Json.object())).isEqualTo(new Purge.Everything());
  }

  @Test
  void refusesWhatIsNeither() {
    for (String text : new String[] {"a", "", "*", "mailto:x"}) {
      assertThatThrownBy(() -> wanted("path", text)).isInstanceOf(CloudException.class);
    }
  }
}
