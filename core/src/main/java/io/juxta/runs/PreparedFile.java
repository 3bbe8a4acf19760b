package io.juxta.runs;

import io.juxta.image.Decoder;
import io.juxta.image.DecodingMemory;
import io.juxta.image.ImageFormat;
import io.juxta.image.MadeOf;
import io.juxta.image.Original;
import io.juxta.image.Shrinking;
import io.juxta.image.UnreadableImageException;
import io.juxta.torch.Computing;
import io.juxta.weights.Beside;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A picture that is to be made smaller.
 *
 * @param copy where it goes if it is small already
 * @param shrunk where it goes otherwise; the same place unless its format changes
 */
record PreparedFile(Path source, Path copy, Path shrunk) {
    /** What became of a picture. */
    sealed interface Outcome {}

    /** It lies there. @param original what it was decoded to, nothing of a picture that was done before */
    record Done(Fate fate, long before, long after, Optional<SideFates> side) implements Outcome {}

    /** What a picture was beside its colours. */
    record SideFates(Original original, ImageFormat own, ImageFormat written) {}

    /** It is left out, and why. */
    record Failed(String why) implements Outcome {}

    enum Fate {
        SHRUNK,
        COPIED,
        LEFT
    }

    /** @throws IOException when nothing can be written there */
    @SuppressWarnings("try") // neither is named: they last until it is done
    Outcome make(Shrinking how) throws IOException {
        try (Computing computing = Computing.begin();
                DecodingMemory.Hold hold = DecodingMemory.hold()) {
            MadeOf wanted = new MadeOf(
                    how, Files.size(source), Files.getLastModifiedTime(source).toMillis());
            if (Files.isRegularFile(shrunk) && madeOf(shrunk).equals(Optional.of(wanted))) {
                return new Done(Fate.LEFT, wanted.size(), Files.size(shrunk), Optional.empty());
            }
            byte[] bytes = Decoder.bytes(source);
            return write(bytes, how.shrink(bytes, source.toString()), wanted);
        } catch (UnreadableImageException e) {
            return new Failed(Mendable.describe(e));
        } catch (OutOfMemoryError e) {
            return new Failed(source + ": " + Mendable.describe(e));
        }
    }

    private Outcome write(byte[] bytes, Shrinking.Shrunk made, MadeOf wanted) throws IOException {
        Path target = made.isAsItWas() ? copy : shrunk;
        byte[] file = made.isAsItWas() ? bytes : wanted.writtenInto(made.file(), made.format());
        if (Files.exists(target)) {
            if (made.isAsItWas() && isCopy(target, bytes)) {
                return new Done(Fate.LEFT, bytes.length, bytes.length, Optional.empty());
            }
            if (!isOwn(target, bytes)) {
                return new Failed(source + ": " + target
                        + " is there already and was not made of it: take that away, or choose another --output");
            }
        }
        Files.createDirectories(target.toAbsolutePath().getParent());
        Beside.write(target, out -> out.write(file));
        Path other = made.isAsItWas() ? shrunk : copy;
        if (!other.equals(target) && isOwn(other, bytes)) {
            // by other settings the picture had the other format
            Files.delete(other);
        }
        ImageFormat own = ImageFormat.of(bytes).orElseThrow();
        SideFates side = new SideFates(made.original(), own, made.format());
        return new Done(
                made.isAsItWas() ? Fate.COPIED : Fate.SHRUNK,
                bytes.length,
                file.length,
                made.isAsItWas() ? Optional.empty() : Optional.of(side));
    }

    private static boolean isCopy(Path file, byte[] bytes) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) == bytes.length
                && Arrays.equals(Files.readAllBytes(file), bytes);
    }

    /** Whether it is an earlier result. */
    private static boolean isOwn(Path file, byte[] bytes) throws IOException {
        return Files.isRegularFile(file) && (madeOf(file).isPresent() || isCopy(file, bytes));
    }

    private static Optional<MadeOf> madeOf(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return MadeOf.in(in.readNBytes(MadeOf.FIRST_BYTES));
        }
    }
}
