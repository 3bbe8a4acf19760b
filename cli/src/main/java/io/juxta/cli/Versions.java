package io.juxta.cli;

import io.juxta.runs.Version;
import java.io.IOException;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
        return new String[] {Version.line()};
    }
}
