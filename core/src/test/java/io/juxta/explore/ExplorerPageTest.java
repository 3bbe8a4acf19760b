package io.juxta.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as somebody uses it, in a real browser where this machine has one. */
@Tag("slow")
class ExplorerPageTest {
    @TempDir
    Path root = Path.of("");

    @Test
    void lassoFilterSearchBasketAndExport() throws Exception {
        Optional<Path> program = Browser.found();
        assumeTrue(program.isPresent(), "no Chromium on this machine");
        Path asked = Painted.picture(root.resolve("asked <b>.png"), "green");
        try (Painted painted = Painted.in(root, Optional.of(root.resolve("baskets")));
                Browser browser = Browser.start(program.get(), root.resolve("profile"), 1200, 800)) {
            browser.screen(1200, 800, false);
            browser.open(painted.explorer.address());
            browser.until("document.body.dataset.ready && document.body.dataset.near");
            // the map that was made beside is shown, and there is that of the components too
            assertThat(browser.value("document.getElementById('layout-near').getAttribute('aria-pressed')")
                            .asText())
                    .isEqualTo("true");
            browser.click("#layout-pca");

            lasso(browser);
            filter(browser);
            search(browser, asked);
            export(browser, painted);
            hostile(browser);
            gone(browser, painted);
            assertThat(browser.value("document.body.innerText").asText()).doesNotContain("null", "undefined", "NaN");
        }
    }

    /** Around everything: all are listed, and go into the basket by a button, one out of it by a key. */
    private static void lasso(Browser browser) throws InterruptedException {
        browser.click("#drag-lasso");
        var box =
                browser.value("(() => { const b = document.getElementById('map').getBoundingClientRect(); return [b.x,"
                        + " b.y, b.width, b.height]; })()");
        double x = box.get(0).asDouble() + 4;
        double y = box.get(1).asDouble() + 4;
        double right = x + box.get(2).asDouble() - 8;
        double bottom = y + box.get(3).asDouble() - 8;
        browser.mouse("mouseMoved", x, y);
        browser.mouse("mousePressed", x, y);
        browser.mouse("mouseMoved", right, y);
        browser.mouse("mouseMoved", right, bottom);
        browser.mouse("mouseMoved", x, bottom);
        browser.mouse("mouseReleased", x, bottom);
        browser.until("document.querySelector('#list h2').textContent === 'Inside the loop: 36 pictures'");
        browser.click("#all-to-basket");
        browser.until("document.querySelector('#basket h2').textContent === 'Basket: 36 pictures'");
        browser.click("#drag-move");
        browser.value("document.getElementById('map').focus()");
        browser.key("ArrowRight");
        browser.key("b");
        browser.until("document.querySelector('#basket h2').textContent === 'Basket: 35 pictures'");
        browser.key("b");
        browser.until("document.querySelector('#basket h2').textContent === 'Basket: 36 pictures'");
        browser.key("Enter");
        browser.until("document.querySelectorAll('#detail .grid button').length === 12");
    }

    private static void filter(Browser browser) throws InterruptedException {
        browser.click("#tick-Class-1");
        browser.until("document.getElementById('about').textContent === '12 of 36 pictures pass'");
        browser.click("#list-passing");
        browser.until("document.querySelector('#list h2').textContent === 'What passes: 12 pictures'");
        browser.click("#reset");
        browser.until("document.getElementById('about').textContent === '36 pictures in painted'");
        // clusters: those of the first are of one colour, as the map's words say too
        browser.click("#tick-Cluster-0");
        browser.until("document.getElementById('about').textContent === '12 of 36 pictures pass'");
        browser.until(
                "/^In view: 12 pictures: (red|green|blue) 12\\.$/.test(document.getElementById('words').textContent)");
        browser.click("#tick-Cluster-1");
        browser.until("document.getElementById('about').textContent === '24 of 36 pictures pass'");
        assertThat(browser.value(
                                "(() => { const s = document.getElementById('colour'); s.value = 'cluster';"
                                        + " s.dispatchEvent(new Event('change')); return s.selectedOptions[0].textContent; })()")
                        .asText())
                .isEqualTo("cluster");
        browser.until(
                "/^In view: 24 pictures: cluster 1 12, cluster 2 12\\.$/.test(document.getElementById('words').textContent)");
        browser.click("#reset");
        browser.click("#text");
        browser.type("ONERROR");
        browser.until("document.getElementById('about').textContent === '1 of 36 pictures pass'");
        browser.click("#list-passing");
        browser.until("document.querySelectorAll('#list .grid button').length === 1");
        browser.click("#list .grid button");
        browser.click("#reset");
    }

    private static void search(Browser browser, Path asked) throws InterruptedException {
        browser.file("#search", asked);
        browser.until("document.querySelector('#list h2').textContent.startsWith('Like asked <b>.png: ')");
        assertThat(browser.value("document.querySelector('#list .grid button').title")
                        .asText())
                .isEqualTo("green/101.png");
        // dropped onto the page as from a folder
        browser.value(
                "(async () => { const file = new File([await (await fetch('thumb/30')).blob()], 'dropped.png', {type:"
                        + " 'image/png'}); const data = new DataTransfer(); data.items.add(file); document.dispatchEvent(new"
                        + " DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})); })()");
        browser.until("document.querySelector('#list h2').textContent.startsWith('Like dropped.png: ')");
        assertThat(browser.value("document.querySelector('#list .grid small').textContent")
                        .asText())
                .startsWith("1.000");
    }

    private static void export(Browser browser, Painted painted) throws InterruptedException {
        browser.click("#basket input[type=text]");
        browser.type("ripe");
        browser.click("#copy");
        browser.until("document.getElementById('says').textContent.startsWith('36 pictures copied into ')");
        assertThat(painted.folder.resolveSibling("baskets/ripe").resolve(Painted.HOSTILE))
                .isRegularFile();
        browser.click("#copy");
        browser.until("document.getElementById('says').textContent.includes('is there already')");
    }

    /** A name is text, wherever it stands. */
    private static void hostile(Browser browser) throws InterruptedException {
        browser.until("document.querySelector('#detail .name').textContent === '" + Painted.HOSTILE + "'");
        assertThat(browser.value("document.querySelectorAll('img[src=x]').length")
                        .asInt())
                .isZero();
    }

    private static void gone(Browser browser, Painted painted) throws Exception {
        Files.delete(painted.folder.resolve("blue/105.png"));
        browser.value("document.querySelector('#text').value = ''");
        browser.click("#text");
        browser.type("blue/105");
        browser.until("document.getElementById('about').textContent === '1 of 36 pictures pass'");
        browser.click("#list-passing");
        browser.until("document.querySelectorAll('#list .grid button').length === 1");
        browser.click("#list .grid button");
        browser.until("document.querySelector('#detail .gone')");
        browser.until(
                "document.getElementById('trouble').textContent.startsWith('1 picture of those asked for is gone')");
        painted.close();
        browser.click("#toggle");
        browser.until("document.getElementById('trouble').textContent.startsWith('The command does not answer')");
    }
}
