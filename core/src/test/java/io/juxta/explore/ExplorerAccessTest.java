package io.juxta.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page for those who do not see it, and for those who use no mouse. */
@Tag("slow")
class ExplorerAccessTest {
    /** Roles of what somebody can use, or go to: each needs a name. */
    private static final Set<String> NAMED = Set.of(
            "application",
            "button",
            "checkbox",
            "combobox",
            "complementary",
            "DisclosureTriangle",
            "image",
            "link",
            "navigation",
            "progressbar",
            "region",
            "searchbox",
            "spinbutton",
            "textbox");

    /** Texts of less contrast than 4.5 with what lies below them, but for what is switched off. */
    private static final String PALE = """
            (() => {
              const parse = (css) => css.match(/[\\d.]+/g).map(Number);
              const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
                .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
              const below = (element) => {
                for (let e = element; e; e = e.parentElement) {
                  const [r, g, b, a = 1] = parse(getComputedStyle(e).backgroundColor);
                  if (a > 0.99) { return [r, g, b]; }
                }
                return [255, 255, 255];
              };
              const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
              const found = [];
              for (const e of document.querySelectorAll("body *")) {
                const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim() !== "");
                if (!e.checkVisibility() || e.disabled) { continue; }
                const texts = own ? [""] : e.placeholder && e.value === "" ? ["::placeholder"] : [];
                for (const pseudo of texts) {
                  const ratio = contrast(light(parse(getComputedStyle(e, pseudo).color)), light(below(e)));
                  if (ratio < 4.5) { found.push(`${e.tagName}.${e.className} ${e.textContent.slice(0, 30)}: ${ratio.toFixed(2)}`); }
                }
              }
              return found;
            })()""";

    @TempDir
    Path root = Path.of("");

    private Browser browser() throws Exception {
        Optional<Path> program = Browser.found();
        assumeTrue(program.isPresent(), "no Chromium on this machine");
        return Browser.start(program.orElseThrow(), root.resolve("profile"), 1200, 800);
    }

    private static void open(Browser browser, Painted painted) throws InterruptedException {
        browser.screen(1200, 800, false);
        browser.open(painted.explorer.address());
        browser.until("document.body.dataset.ready && document.body.dataset.near");
        browser.until("document.getElementById('words').textContent.startsWith('In view: 36 pictures')");
    }

    @Test
    void everythingHasANameAndTextsStandOut() throws Exception {
        try (Painted painted = Painted.in(root, Optional.of(root.resolve("baskets")));
                Browser browser = browser()) {
            open(browser, painted);
            check(browser);
            // with a list, a basket, a picture that is open, and one that is gone
            browser.click("#in-view");
            browser.click("#all-to-basket");
            browser.until("document.querySelector('#basket h2').textContent === 'Basket: 36 pictures'");
            browser.click("#list .grid button");
            browser.until("document.querySelectorAll('#detail .grid button').length === 12");
            check(browser);
            browser.screen(360, 740, true);
            check(browser);
        }
    }

    private static void check(Browser browser) {
        List<String> unnamed = new ArrayList<>();
        List<String> named = new ArrayList<>();
        JsonNode map = null;
        for (JsonNode node :
                browser.call("Accessibility.getFullAXTree", Map.of()).path("nodes")) {
            String role = node.path("role").path("value").asText();
            String name = node.path("name").path("value").asText().strip();
            if (!node.path("ignored").asBoolean()) {
                (name.isEmpty() && NAMED.contains(role) ? unnamed : named).add(role + " " + name);
            }
            map = role.equals("application") ? node : map;
        }
        assertThat(unnamed).isEmpty();
        assertThat(named)
                .contains(
                        "application Map of 36 pictures",
                        "complementary Filters",
                        "complementary Pictures",
                        "combobox Score",
                        "searchbox Name",
                        "group Dragging",
                        "button Whole map")
                .anyMatch(each -> each.startsWith("button Take labels…"))
                .anyMatch(each -> each.startsWith("button Like a picture of mine…"))
                .anyMatch(each -> each.matches("checkbox (red|.*red.*12.*)"))
                .anyMatch(each -> each.matches("checkbox Cluster 1 ?12"));
        assertThat(map).isNotNull();
        assertThat(map.path("description").path("value").asText())
                .startsWith("In view: 36 pictures: blue 12, green 12, red 12.")
                .contains("Arrow keys go from picture to picture");
        assertThat(browser.value(PALE)).isEmpty();
    }

    /** From the first key to a folder of copies, without a mouse. */
    @Test
    void byKeysAlone() throws Exception {
        try (Painted painted = Painted.in(root, Optional.of(root.resolve("baskets")));
                Browser browser = browser()) {
            open(browser, painted);
            browser.key("Tab");
            browser.until("document.activeElement.textContent === 'Map'");
            browser.key("Enter");
            browser.until("document.activeElement.id === 'map'");

            // a picture: told in words, put into the basket, opened, taken out again, closed
            browser.key("ArrowRight");
            browser.until("/^(red|green|blue).*, class (red|green|blue), cluster [123]$/.test("
                    + "document.getElementById('says').textContent)");
            browser.key("b");
            browser.until("document.querySelector('#basket h2').textContent === 'Basket: 1 picture'");
            browser.key("Enter");
            browser.until("document.activeElement.id === 'opened'");
            browser.until("document.querySelectorAll('#detail .grid button').length === 12");
            to(browser, "#toggle");
            browser.key(" ");
            browser.until("document.querySelector('#basket h2').textContent === 'Basket: 0 pictures'");
            assertThat(browser.value("document.activeElement.id").asText()).isEqualTo("toggle");
            to(browser, "#near-on-map");
            browser.key("Enter");
            browser.until("document.querySelector('#list h2').textContent.startsWith('Like ')");
            browser.key("Escape");
            browser.until("document.activeElement.id === 'map' && document.getElementById('detail').hidden");

            // the map moves, and a box is a loop
            String before = browser.value("document.getElementById('words').textContent")
                    .asText();
            for (int i = 0; i < 6; i++) {
                browser.key("+");
            }
            browser.key("ArrowLeft", Browser.Held.SHIFT);
            browser.until("document.getElementById('words').textContent !== '" + before + "'");
            browser.key("0");
            browser.until("document.getElementById('words').textContent === '" + before + "'");
            browser.key("s");
            browser.key("ArrowRight");
            browser.key("ArrowRight");
            browser.key("s");
            browser.until("/^Inside the box: [3-9] pictures/.test(document.querySelector('#list h2').textContent)");

            // a cluster, listed, put into the basket and copied
            to(browser, "#tick-Cluster-1");
            browser.key(" ");
            browser.until("document.getElementById('about').textContent === '12 of 36 pictures pass'");
            back(browser, "#list-passing");
            browser.key("Enter");
            browser.until("document.querySelector('#list h2').textContent === 'What passes: 12 pictures'");
            to(browser, "#all-to-basket");
            browser.key("Enter");
            browser.until("document.querySelector('#basket h2').textContent === 'Basket: 12 pictures'");
            to(browser, "#folder-name");
            browser.type("by keys");
            to(browser, "#copy");
            browser.key("Enter");
            browser.until("document.getElementById('says').textContent.startsWith('12 pictures copied into ')");
            assertThat(root.resolve("baskets/by keys")).isDirectory();
        }
    }

    private static void to(Browser browser, String selector) {
        to(browser, selector, Browser.Held.NOTHING);
    }

    private static void back(Browser browser, String selector) {
        to(browser, selector, Browser.Held.SHIFT);
    }

    /** Goes on until it is there; wherever it is meanwhile, that can be seen. */
    private static void to(Browser browser, String selector, Browser.Held held) {
        for (int i = 0; i < 150; i++) {
            if (browser.value("document.activeElement.matches('" + selector + "')")
                    .asBoolean()) {
                return;
            }
            browser.key("Tab", held);
            JsonNode seen = browser.value("(() => { const e = document.activeElement; const s = getComputedStyle(e);"
                    + " const p = getComputedStyle(e.parentElement); return [e === document.body || s.outlineStyle !=="
                    + " 'none' || p.outlineStyle !== 'none', e.outerHTML.slice(0, 200)]; })()");
            assertThat(seen.get(0).asBoolean()).as(seen.get(1).asText()).isTrue();
        }
        throw new AssertionError("no way by Tab to " + selector);
    }
}
