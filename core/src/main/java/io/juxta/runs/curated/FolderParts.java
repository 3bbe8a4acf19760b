package io.juxta.runs.curated;

import io.juxta.curation.Part;
import io.juxta.data.Dataset;
import io.juxta.data.ImageFolder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apiguardian.api.API;

/**
 * What the folders of a collection say of its pictures: where it has folders to learn from and to judge by, which of them a
 * picture is in, and its class is the folder below that; otherwise its class is the first folder.
 *
 * @param parts of each picture
 * @param classes names of the labels, at least two or none
 * @param labels of each picture, or -1
 */
@API(status = API.Status.INTERNAL)
public record FolderParts(List<Part> parts, List<String> classes, List<Integer> labels) {
    private static final Set<String> HELD_OUT = Set.of("test", "val", "testing", "valid", "validation");

    public FolderParts {
        parts = List.copyOf(parts);
        classes = List.copyOf(classes);
        labels = List.copyOf(labels);
    }

    public static FolderParts of(Dataset images) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            parts.add(part(images.name(i)));
        }
        if (!(images instanceof ImageFolder) || !parts.contains(Part.TRAINING) || !parts.contains(Part.HELD_OUT)) {
            List<Integer> labels = new ArrayList<>();
            for (int i = 0; i < images.size(); i++) {
                labels.add(images.label(i));
            }
            return new FolderParts(parts.stream().map(part -> Part.UNSAID).toList(), images.classes(), labels);
        }
        List<String> folders = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            String[] names = images.name(i).split("/");
            folders.add(names.length > 2 && parts.get(i) != Part.UNSAID ? names[1] : "");
        }
        List<String> classes =
                folders.stream().filter(name -> !name.isEmpty()).collect(Collectors.toCollection(TreeSet::new)).stream()
                        .toList();
        List<String> told = classes.size() < 2 ? List.of() : classes;
        Map<String, Integer> numbers = new HashMap<>();
        told.forEach(name -> numbers.put(name, numbers.size()));
        return new FolderParts(
                parts,
                told,
                folders.stream().map(name -> numbers.getOrDefault(name, -1)).toList());
    }

    /** The same, with the labels of a file in the place of the folders', where it has any. */
    public FolderParts with(LabelledFile given) {
        List<String> told = given.classes();
        if (told.isEmpty()) {
            return this;
        }
        List<Integer> own = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            own.add(told.indexOf(given.labels().getOrDefault(i, "")));
        }
        return new FolderParts(parts, told, own);
    }

    private static Part part(String name) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash).toLowerCase(Locale.ROOT);
        if (first.equals("train") || first.equals("training")) {
            return Part.TRAINING;
        }
        return HELD_OUT.contains(first) ? Part.HELD_OUT : Part.UNSAID;
    }
}
