package dev.undercloud.app.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
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

  @TempDir static Path scratch;
  private static Cloud cloud;
  private static Playwright playwright;
  private static Browser browser;

  /** What the page said of itself: refused styles and scripts, failed requests, exceptions. */
  private final List<String> complaints = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void open() {
    Path chromium = CHROMIUM.stream().filter(Files::isExecutable).findFirst().orElse(null);
    Assumptions.assumeTrue(chromium != null, "no Chromium is installed");
    cloud = new Projects(scratch).probe("console").up();
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
      page.navigate(cloud.console.substring(0, cloud.console.indexOf("/?")) + "/#/requests/" + id);
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
