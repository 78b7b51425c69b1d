package dev.undercloud.app.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The console in a real browser, on a real app: by keyboard, narrow and wide, dark and light. */
@Timeout(300)
class ConsoleIT {
  private static final List<Path> CHROMIUM =
      List.of(
          Path.of("/usr/bin/chromium"),
          Path.of("/usr/bin/chromium-browser"),
          Path.of("/usr/bin/google-chrome"));

  private static final Path SCREENSHOTS = Cloud.CHECKOUT.resolve("app/target/screenshots");

  /** A stranger's browser must reach nobody from a test. */
  private static final List<String> ALONE =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  private static final String ROUTES =
      """
      [[routes]]
      path = "/files/*"
      static = "files"
      [[routes]]
      path = "/limited"
      rate_limit = "2/h by address"
      [[routes]]
      path = "/kept/*"
      cache = "1h"
      [[routes]]
      path = "/old/*"
      redirect = "/new/*"
      """;

  @TempDir static Path scratch;
  private static Cloud cloud;
  private static Playwright playwright;
  private static Browser browser;

  /** What the page said of itself: refused styles and scripts, failed requests, exceptions. */
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void open() throws IOException {
    Path chromium = CHROMIUM.stream().filter(Files::isExecutable).findFirst().orElse(null);
    Assumptions.assumeTrue(chromium != null, "no Chromium is installed");
    cloud = new Projects(scratch).probe("console");
    Files.writeString(cloud.project.resolve("undercloud.toml"), ROUTES);
    Files.createDirectories(cloud.project.resolve("files"));
    Files.writeString(cloud.project.resolve("files/style.css"), "body { color: #123 }");
    cloud.up();
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(new BrowserType.LaunchOptions().setExecutablePath(chromium).setArgs(ALONE));
  }

  @AfterAll
  static void close() {
    Stream.of(browser, playwright, cloud)
        .filter(part -> part != null)
        .forEach(part -> {
          try {
            ((AutoCloseable) part).close();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void theMapShowsTheAppAndItsReplicas() {
    try (Page page = page(1280, 800, ColorScheme.LIGHT)) {
      Wire.get(cloud, "/");
      assertThat(page.locator(".summary")).containsText("healthy");
      assertThat(page.locator(".replica")).hasCount(2);
      assertThat(page.locator(".replica .mark").first()).hasText("healthy");
      Load load = new Load(cloud, 2, "GET", "/");
      assertThat(page.locator(".clients dd").first()).not().hasText("0");
      shoot(page, "map-light");
      load.stop();
    }
  }

  @Test
  void aRequestIsFoundAndExplainedByKeyboardAlone() {
    String id = Wire.get(cloud, "/found-by-keyboard").header("x-request-id");
    try (Page page = page(1280, 800, ColorScheme.DARK)) {
      page.keyboard().press("2");
      assertThat(page).hasURL(Pattern.compile("#/requests$"));
      Locator row = page.locator(".request-table tbody tr");
      assertThat(row.first()).isVisible();
      page.keyboard().press("/");
      page.keyboard().type("found-by-keyboard");
      assertThat(row).hasCount(1);
      page.keyboard().press("ArrowDown");
      assertThat(page.locator(".request-head h1")).containsText("/found-by-keyboard");
      assertThat(page.locator(".verdict")).not().isEmpty();
      assertThat(page.locator(".waterfall .longest")).hasCount(1);
      assertThat(page.locator(".more")).containsText(id);
      assertThat(row).isFocused();
      shoot(page, "request-dark");
      page.keyboard().press("Enter");
      assertThat(page.locator(".pane")).isFocused();
      page.keyboard().press("?");
      assertThat(page.locator("dialog")).containsText("Next request");
      page.keyboard().press("Escape");
      assertThat(page.locator("dialog")).not().isVisible();
      page.keyboard().press("4");
      assertThat(page.locator(".log .row").first()).isVisible();
    }
  }

  @Test
  void theLookupIsTheFirstBar() {
    String name = cloud.host().replaceFirst(":.*", "");
    assertThat(cloud.dig(name, "A")).isEqualTo("127.0.0.1");
    String id = Wire.get(cloud, "/looked-up").header("x-request-id");
    try (Page page = page(1280, 800, ColorScheme.LIGHT)) {
      page.navigate(base() + "/#/requests/" + id);
      Locator rows = page.locator(".waterfall tbody tr");
      assertThat(rows.first()).containsText("DNS lookup");
      assertThat(rows.first()).containsText("127.0.0.1");
      assertThat(rows.nth(1)).containsText("waiting for the client's request");
      assertThat(page.locator(".more")).containsText(name + ". A 127.0.0.1");
      shoot(page, "lookup-light");
      page.setViewportSize(360, 740);
      assertThat(rows.first()).isVisible();
      assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
          .isLessThanOrEqualTo(360);
      shoot(page, "lookup-narrow");
    }
  }

  @Test
  void theMapShowsWhatTheEdgeAnswers() {
    for (String path : List.of("/files/style.css", "/old/x", "/kept/a", "/kept/a", "/limited")) {
      Wire.get(cloud, path);
    }
    Wire.get(cloud, "/limited");
    Wire.Response refused = Wire.get(cloud, "/limited");
    assertThat(refused.status()).isEqualTo(429);
    try (Page page = page(1440, 900, ColorScheme.LIGHT)) {
      assertThat(page.locator(".layer")).hasCount(3);
      assertThat(layer(page, "rules", "limited")).hasText("1");
      assertThat(layer(page, "rules", "redirected")).hasText("1");
      assertThat(layer(page, "files", "served")).hasText("1");
      assertThat(page.locator(".layer[data-layer=cache] .who")).containsText("stored");
      Locator limited = page.locator(".routes tbody tr").filter(having("/limited"));
      assertThat(limited).containsText("limit 2/h by address");
      assertThat(limited.locator("[data-label=limited]")).hasText("1");
      assertThat(page.locator(".panel").filter(having("DNS"))).containsText("127.0.0.1");
      assertThat(page.locator(".panel").filter(having("Certificates"))).containsText("days left");
      shoot(page, "edge-light");
      page.navigate(base() + "/#/requests/" + refused.header("x-request-id"));
      assertThat(page.locator(".facts")).containsText("by rate limit");
      assertThat(page.locator(".verdict"))
          .containsText("The rate limit of the route /limited (undercloud.toml:");
      assertThat(page.locator(".request-table td.answered").filter(having("static file")))
          .hasCount(1);
      assertThat(page.locator(".request-table td.answered").filter(having("redirect"))).hasCount(1);
      shoot(page, "refused-light");
    }
  }

  private static Locator layer(Page page, String name, String figure) {
    return page.locator(".layer[data-layer=" + name + "] dl div")
        .filter(having(figure))
        .locator("dd");
  }

  private static Locator.FilterOptions having(String text) {
    return new Locator.FilterOptions().setHasText(text);
  }

  /** The console's address, for whom has its cookie. */
  private static String base() {
    return cloud.console.substring(0, cloud.console.indexOf("/?"));
  }

  @Test
  void aClosedAppSaysSoAndAnIdleReplicaToo() {
    try (Page page = page(390, 844, ColorScheme.DARK)) {
      assertThat(page.locator(".banner")).isHidden();
      cloud.ok("maintenance", "on", "--except", "/quizzes*");
      try {
        assertThat(page.locator(".banner")).containsText("is closed for maintenance since");
        assertThat(page.locator(".banner")).containsText("/quizzes*");
        assertThat(page.locator(".summary")).containsText("closed for maintenance");
        assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
            .isLessThanOrEqualTo(390);
        shoot(page, "closed-narrow");
      } finally {
        cloud.ok("maintenance", "off");
      }
      assertThat(page.locator(".banner")).isHidden();
      assertThat(page.locator(".replica .idle").first())
          .containsText("idle", new LocatorAssertions.ContainsTextOptions().setTimeout(30_000));
    }
  }

  @Test
  void everyViewFitsANarrowScreen() {
    Wire.get(cloud, "/");
    try (Page page = page(360, 740, ColorScheme.DARK)) {
      for (String view : List.of("map", "requests", "replicas", "logs")) {
        page.locator("nav a[href='#/" + view + "']").click();
        assertThat(page.locator("main." + view)).isVisible();
        assertThat(page.locator("main." + view + " .empty:not(:empty)")).hasCount(0);
        assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
            .isLessThanOrEqualTo(360);
        shoot(page, view + "-narrow");
      }
    }
  }

  @Test
  void withoutTheTokenItSaysHowToGetIn() {
    try (Page page = browser.newPage()) {
      page.navigate(cloud.console.substring(0, cloud.console.indexOf('?')));
      assertThat(page.locator("main")).containsText("session is over");
      assertThat(page.locator("main")).containsText("undercloud up");
    }
  }

  private Page page(int width, int height, ColorScheme scheme) {
    Page page =
        browser.newPage(
            new Browser.NewPageOptions().setViewportSize(width, height).setColorScheme(scheme));
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error")) {
        complaints.add(message.text());
      }
    });
    page.navigate(cloud.console);
    assertThat(page.locator("#link-state")).hasText("live");
    return page;
  }

  /** Kept for people to look at; and until here the page must have had nothing to complain of. */
  private void shoot(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("console-" + name + ".png")));
    assertThat(complaints).isEmpty();
  }
}
