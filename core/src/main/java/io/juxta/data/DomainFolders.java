package io.juxta.data;

import io.juxta.data.DomainOptions.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds two domains in a folder. */
final class DomainFolders {
    static final String HELD_OUT = "testA and testB, or valA and valB, or test or val";

    private static final List<String> HELD_OUT_PHASES = List.of("test", "val");

    private final Path root;
    private final DomainOptions options;

    DomainFolders(Path root, DomainOptions options) {
        this.root = root;
        this.options = options;
    }

    /** Where the images of both domains may be: two folders, or one of sheets twice. */
    private record Place(Path a, Path b) {
        boolean isPartlyThere() {
            return Files.isDirectory(a) || Files.isDirectory(b);
        }

        /** @throws IOException when there is only one of the two */
        boolean isThere() throws IOException {
            if (isPartlyThere() && !(Files.isDirectory(a) && Files.isDirectory(b))) {
                Path there = Files.isDirectory(a) ? a : b;
                Path folder = Objects.requireNonNull(a.getParent());
                throw new IOException(folder + ": it has a folder " + there.getFileName() + " but no "
                        + (there.equals(a) ? b : a).getFileName() + folders(folder));
            }
            return isPartlyThere();
        }
    }

    Optional<Domains> find(Split split) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root + (Files.exists(root) ? ": not a folder" : ": no such folder"));
        }
        Layout layout = options.layout() == Layout.AUTO ? layout() : options.layout();
        List<Place> heldOut =
                HELD_OUT_PHASES.stream().map(phase -> inPhase(layout, phase)).toList();
        // an image of one domain can be translated without any of the other: training does not ask for both
        boolean isSplit = heldOut.stream().anyMatch(Place::isPartlyThere);
        if (split == Split.TEST) {
            for (Place place : heldOut) {
                if (place.isThere()) {
                    return Optional.of(open(layout, split, place));
                }
            }
        }
        boolean divides = !isSplit && options.holdOut() > 0 && layout != Layout.SINGLE_IMAGE;
        if (split == Split.TEST && !divides && layout != Layout.SINGLE_IMAGE) {
            return Optional.empty();
        }
        Place training = inPhase(layout, "train");
        Domains whole = open(layout, split, training.isThere() ? training : unsplit(layout, isSplit));
        return Optional.of(divides ? divide(whole, split) : whole);
    }

    /** What the folder looks like. */
    private Layout layout() throws IOException {
        if (!options.domainA().isEmpty() || exists("A") || exists("B")) {
            return Layout.FOLDERS;
        }
        for (String phase : List.of("train", "test", "val")) {
            if (exists(phase + "A") || exists(phase + "B")) {
                return Layout.FOLDERS;
            }
        }
        Optional<String> sheets =
                Stream.of("train", "test", "val").filter(this::exists).findFirst();
        if (sheets.isEmpty()) {
            throw new IOException(root + ": no trainA and trainB in it, no A and B, and no train with sheets; name two"
                    + " of its folders with domain-a and domain-b" + folders(root));
        }
        Path folder = root.resolve(sheets.get());
        if (!ImageFolder.open(folder).folders().isEmpty()) {
            throw new IOException(folder + ": the images lie in folders; name two of them with domain-a and domain-b"
                    + folders(folder));
        }
        return Layout.SHEETS;
    }

    private boolean exists(String folder) {
        return Files.isDirectory(root.resolve(folder));
    }

    private static String folders(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            String names = files.filter(Files::isDirectory)
                    .map(file -> FileName.of(file.getFileName()))
                    .filter(name ->
                            !name.startsWith(".") && SystemFolders.what(name).isEmpty())
                    .sorted()
                    .limit(10)
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? " (it has none)" : " (it has " + names + ")";
        }
    }

    private Place inPhase(Layout layout, String phase) {
        Path folder = root.resolve(phase);
        if (layout == Layout.SHEETS) {
            return new Place(folder, folder);
        }
        return options.domainA().isEmpty()
                ? new Place(root.resolve(phase + "A"), root.resolve(phase + "B"))
                : new Place(folder.resolve(options.domainA()), folder.resolve(options.domainB()));
    }

    private Place unsplit(Layout layout, boolean isSplit) throws IOException {
        if (layout == Layout.SHEETS) {
            if (isSplit) {
                throw new IOException(root + ": it has held-out sheets but no folder train" + folders(root));
            }
            return new Place(root, root);
        }
        boolean named = !options.domainA().isEmpty();
        String a = named ? options.domainA() : "A";
        String b = named ? options.domainB() : "B";
        Place place = new Place(root.resolve(a), root.resolve(b));
        if (!place.isThere()) {
            throw new IOException(root + ": no folders " + (named ? a + " and " + b : "trainA and trainB, nor A and B")
                    + " in it" + folders(root) + ": name them by domain-a and domain-b");
        }
        return place;
    }

    private Domains open(Layout layout, Split split, Place place) throws IOException {
        Path a = root.relativize(place.a);
        Path b = root.relativize(place.b);
        switch (layout) {
            case SHEETS -> {
                ImageFolder sheets = ImageFolder.open(place.a);
                DomainOptions.Half half = options.halfA();
                return new Domains(
                        new SheetHalf(sheets, half),
                        new SheetHalf(sheets, half.other()),
                        sheets.size() + " sheets of " + (a.toString().isEmpty() ? root : a) + ", A "
                                + (half == DomainOptions.Half.LEFT ? "left, B right" : "right, B left"));
            }
            case SINGLE_IMAGE -> {
                int items = split == Split.TRAIN ? options.items() : 1;
                SingleImage one = SingleImage.open(place.a, items);
                SingleImage other = SingleImage.open(place.b, items);
                return new Domains(
                        one,
                        other,
                        "A: one image, " + a.resolve(one.name(0)) + ", B: one, " + b.resolve(other.name(0)));
            }
            default -> {
                ImageFolder imagesA = ImageFolder.open(place.a);
                ImageFolder imagesB = ImageFolder.open(place.b);
                return new Domains(
                        imagesA,
                        imagesB,
                        "A: " + imagesA.size() + " images of " + a + ", B: " + imagesB.size() + " of " + b);
            }
        }
    }

    /** The part of a set without split: every n-th image of each domain is held out. */
    private Domains divide(Domains whole, Split split) throws IOException {
        int n = options.holdOut();
        int least = Math.min(whole.a().size(), whole.b().size());
        if (least < n) {
            throw new IOException(root + ": hold-out " + n + " leaves none of " + least
                    + " images of a domain held out;" + " choose at most " + least);
        }
        IntPredicate wanted = i -> (i % n == n - 1) == (split == Split.TEST);
        Subset a = subset(whole.a(), wanted);
        Subset b = subset(whole.b(), wanted);
        return new Domains(
                a,
                b,
                whole.found() + "; " + (split == Split.TEST ? "of these one in " : "one in ") + n + " is held out: "
                        + a.size() + " and " + b.size() + (split == Split.TEST ? "" : " remain"));
    }

    private static Subset subset(Dataset whole, IntPredicate wanted) {
        return new Subset(
                whole, IntStream.range(0, whole.size()).filter(wanted).boxed().toList());
    }
}
