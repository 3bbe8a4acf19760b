package io.juxta.natives;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether what a program put together for this library fits: its natives, and one version of it. */
final class ClassPath {
    /** Each build of the library has one, which says its version. */
    static final String VERSION = "io/juxta/runs/version.properties";

    private static final List<String> PLATFORMS = List.of("linux-x86_64", "macosx-arm64", "windows-x86_64");

    /** A jar of JavaCPP's for one platform, and of one kind where there are several: -gpu, -gpl, -python. */
    private static final Pattern NATIVES =
            Pattern.compile("(.*)-(?:linux|macosx|windows|android|ios)-[a-z0-9_]+(-[a-z-]+)?\\.jar");

    private ClassPath() {}

    /**
     * Whether a class path has libtorch for processors, in a jar of its own, and nothing of JavaCPP's that has a kind: then
     * no kind need be looked for. Whoever puts libraries together in another way is not known here, and gets false.
     *
     * @param classPath as {@code java.class.path} has it
     */
    static boolean isOfPlainNatives(String classPath) {
        boolean libtorch = false;
        for (String entry : classPath.split(File.pathSeparator)) {
            Matcher natives = NATIVES.matcher(new File(entry).getName());
            if (natives.matches()) {
                if (natives.group(2) != null) {
                    return false;
                }
                libtorch |= natives.group(1).startsWith("pytorch-");
            }
        }
        return libtorch;
    }

    /** What to say where several versions of the library lie on a class path: classes of both would be mixed. */
    static Optional<String> severalVersions(ClassLoader loader) {
        TreeSet<String> versions = new TreeSet<>();
        try {
            for (URL each : Collections.list(loader.getResources(VERSION))) {
                Properties properties = new Properties();
                try (InputStream in = each.openStream()) {
                    properties.load(in);
                }
                versions.add(properties.getProperty("juxta", "unknown"));
            }
        } catch (IOException e) {
            return Optional.empty(); // it is not for this to fail
        }
        return versions.size() < 2
                ? Optional.empty()
                : Optional.of("several versions of juxta-core are on the class path, " + String.join(" and ", versions)
                        + ": keep one of them");
    }

    /**
     * What to say where the libraries of a platform are not on a class path.
     *
     * @param platform as the binding calls it
     */
    static Optional<String> withoutNatives(ClassLoader loader, String platform) {
        for (String kind : List.of("", "-gpu")) {
            for (String library : List.of("libjnitorch.so", "libjnitorch.dylib", "jnitorch.dll")) {
                if (loader.getResource("org/bytedeco/pytorch/" + platform + kind + "/" + library) != null) {
                    return Optional.empty();
                }
            }
        }
        if (!PLATFORMS.contains(platform)) {
            return Optional.of("there is no libtorch for " + platform + ", only for " + String.join(", ", PLATFORMS)
                    + ": write the network there with juxta export --format onnx, and run it here by ONNX Runtime");
        }
        return Optional.of("libtorch for " + platform + " is not on the class path: add io.juxta:juxta-natives-"
                + platform + " in the version of juxta-core");
    }
}
