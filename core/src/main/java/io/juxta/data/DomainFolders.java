package io.juxta.data;

import io.juxta.data.DomainOptions.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    /** Where the images of both domains are: two folders, or one of sheets twice. */
    private record Place(Path a, Path b) {}

    Optional<Domains> find(Split split) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root + (Files.exists(root) ? ": not a folder" : ": no such folder"));
        }
        Layout layout = options.layout() == Layout.AUTO ? layout() : options.layout();
        Optional<Place> heldOut = Optional.empty();
        for (String phase : HELD_OUT_PHASES) {
            heldOut = heldOut.isPresent() ? heldOut : inPhase(layout, phase);
        }
        if (split == Split.TEST && heldOut.isPresent()) {
            return Optional.of(open(layout, split, heldOut.get()));
        }
        if (split == Split.TEST && options.holdOut() == 0 && layout != Layout.SINGLE_IMAGE) {
            return Optional.empty();
        }
        Optional<Place> training = inPhase(layout, "train");
        Place place = training.isPresent() ? training.get() : unsplit(layout);
        Domains whole = open(layout, split, place);
        boolean divided = heldOut.isEmpty() && options.holdOut() > 0 && layout != Layout.SINGLE_IMAGE;
        return Optional.of(divided ? divide(whole, split) : whole);
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
        if (!ImageFolder.open(folder).classes().isEmpty()) {
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
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .limit(10)
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? " (it has none)" : " (it has " + names + ")";
        }
    }

    private Optional<Place> inPhase(Layout layout, String phase) throws IOException {
        Path folder = root.resolve(phase);
        if (layout == Layout.SHEETS) {
            return Files.isDirectory(folder) ? Optional.of(new Place(folder, folder)) : Optional.empty();
        }
        return options.domainA().isEmpty()
                ? pair(root, phase + "A", phase + "B")
                : pair(folder, options.domainA(), options.domainB());
    }

    private Place unsplit(Layout layout) throws IOException {
        if (layout == Layout.SHEETS) {
            return new Place(root, root);
        }
        boolean named = !options.domainA().isEmpty();
        Optional<Place> pair = named ? pair(root, options.domainA(), options.domainB()) : pair(root, "A", "B");
        if (pair.isPresent()) {
            return pair.get();
        }
        throw new IOException(root + ": no folders "
                + (named ? options.domainA() + " and " + options.domainB() : "trainA and trainB, nor A and B")
                + " in it" + folders(root));
    }

    private static Optional<Place> pair(Path folder, String nameA, String nameB) throws IOException {
        Path a = folder.resolve(nameA);
        Path b = folder.resolve(nameB);
        if (Files.isDirectory(a) != Files.isDirectory(b)) {
            throw new IOException(folder + ": it has a folder " + (Files.isDirectory(a) ? nameA : nameB) + " but no "
                    + (Files.isDirectory(a) ? nameB : nameA) + folders(folder));
        }
        return Files.isDirectory(a) ? Optional.of(new Place(a, b)) : Optional.empty();
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
