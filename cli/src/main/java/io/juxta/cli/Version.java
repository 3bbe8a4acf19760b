package io.juxta.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The versions that a report of a problem should name, known from the build: libtorch itself need not be loaded. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        Properties versions = versions();
        // 2.10.0-1.5.13 is libtorch 2.10.0 in the binding 1.5.13
        String libtorch = versions.getProperty("libtorch", "unknown").replaceFirst("-.*", "");
        return new String[] {
            "juxta " + versions.getProperty("juxta", "unknown") + " (libtorch " + libtorch + ", Java "
                    + System.getProperty("java.version") + ")"
        };
    }

    /** The library's own version. */
    static String own() throws IOException {
        return versions().getProperty("juxta", "unknown");
    }

    private static Properties versions() throws IOException {
        Properties versions = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is not on the class path");
            }
            versions.load(in);
        }
        return versions;
    }
}
