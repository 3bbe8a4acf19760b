package io.juxta.weights;

import io.juxta.natives.Natives;
import io.juxta.weights.pickle.Global;
import io.juxta.weights.pickle.PickleBytes;
import io.juxta.weights.pickle.PickleException;
import io.juxta.weights.pickle.Storage;
import io.juxta.weights.pickle.StoredTensor;
import io.juxta.weights.pickle.Unpickler;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads PyTorch's files, of {@code torch.save} since 1.6 (a zip archive) and before (pickles one behind the other). Nothing in
 * them is executed: what is neither tensor nor plain value is left out.
 */
final class PyTorchFile {
    static {
        Natives.torch();
    }

    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long LEGACY_PROTOCOL = 1001;
    /** Bytes of the pickle in an archive: those of large checkpoints have about a megabyte. */
    private static final long LONGEST_PICKLE = 16 << 20;

    private static final String PICKLE = "data.pkl";

    private PyTorchFile() {}

    /**
     * Reads a file.
     *
     * @return tensors by the keys that lead to them, {@code /} between those of nested dictionaries; as metadata, the plain values
     *     of the outermost dictionary
     */
    static WeightsFile read(Path file, boolean zip) throws IOException {
        try {
            return zip ? archive(file) : legacy(file);
        } catch (PickleException | EOFException | ZipException e) {
            throw new WeightsException(file + ": " + HeaderParser.show(e.getMessage()), e);
        } catch (IllegalArgumentException e) {
            // of the archive's names, which are not in UTF-8
            throw new WeightsException(file + ": " + HeaderParser.show(String.valueOf(e.getMessage())), e);
        }
    }

    private static WeightsFile archive(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            requireOnce(zip);
            Optional<String> other = FileKind.of(zip);
            if (other.isPresent()) {
                throw new WeightsException(file + ": " + other.get());
            }
            List<? extends ZipEntry> pickles = zip.stream()
                    .filter(entry ->
                            entry.getName().equals(PICKLE) || entry.getName().endsWith("/" + PICKLE))
                    .limit(2)
                    .toList();
            if (pickles.size() != 1) {
                throw new PickleException(
                        pickles.isEmpty()
                                ? "is a zip archive without " + PICKLE + ", not of PyTorch"
                                : "has several " + PICKLE);
            }
            ZipEntry pickle = pickles.get(0);
            requireStored(pickle);
            if (pickle.getSize() > LONGEST_PICKLE) {
                throw new PickleException(
                        "has a pickle of " + pickle.getSize() + " bytes: read are up to " + LONGEST_PICKLE);
            }
            String folder = pickle.getName().substring(0, pickle.getName().length() - PICKLE.length());
            requireLittleEndian(zip, folder);
            Object root;
            long length = pickle.getSize();
            try (InputStream in = zip.getInputStream(pickle)) {
                byte[] bytes = in.readNBytes((int) pickle.getSize());
                root = Unpickler.read(new PickleBytes(new ByteArrayInputStream(bytes), bytes.length));
            }
            requireStateDict(file, root);
            Storages storages = new Storages(Files.size(file));
            WeightsFile read = loaded(
                    root,
                    length,
                    tensor -> storages.view(tensor, storage -> {
                        ZipEntry entry = zip.getEntry(folder + "data/" + storage.key());
                        if (entry == null) {
                            throw new PickleException("lacks the storage " + storage.key());
                        }
                        requireStored(entry);
                        return new Storages.Source(zip.getInputStream(entry), entry.getSize());
                    }));
            requireTensors(file, root, read);
            return read;
        }
    }

    /** Of two parts of one name an archive's readers take one or the other. */
    private static void requireOnce(ZipFile zip) throws PickleException {
        Set<String> names = new HashSet<>();
        for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().<ZipEntry>map(part -> part)::iterator) {
            if (!names.add(entry.getName())) {
                throw new PickleException("has the part " + entry.getName() + " twice: which is meant is not said");
            }
        }
    }

    /** An object of a class of Python's has its tensors within: only that class knows where. */
    private static void requireStateDict(Path file, Object root) throws WeightsException {
        if (root instanceof Global global) {
            throw new WeightsException(file + ": is a whole pickled object (" + HeaderParser.show(global.toString())
                    + "), not a state dict; where you trust it, in Python: torch.save(torch.load('"
                    + file.getFileName() + "', weights_only=False).state_dict(), 'weights.pth')");
        }
    }

    /** A dictionary without any tensor, in which whole objects lie that may have some. */
    private static void requireTensors(Path file, Object root, WeightsFile read) throws WeightsException {
        if (!read.tensors().isEmpty() || !(root instanceof Map<?, ?> map)) {
            return;
        }
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (entry.getValue() instanceof Global global && !global.module().startsWith("argparse")) {
                String key = HeaderParser.show(entry.getKey().toString());
                throw new WeightsException(file + ": holds a whole pickled object ("
                        + HeaderParser.show(global.toString())
                        + ") as " + key + ", and no state dict; where you trust it, in Python: torch.save(torch.load('"
                        + file.getFileName() + "', weights_only=False)['" + key + "'].state_dict(), 'weights.pth')");
            }
        }
    }

    /** PyTorch does not compress; what does could grow without bound. */
    private static void requireStored(ZipEntry entry) throws PickleException {
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
            throw new PickleException("has the compressed part " + entry.getName() + ", which PyTorch does not write");
        }
    }

    private static void requireLittleEndian(ZipFile zip, String folder) throws IOException {
        ZipEntry order = zip.getEntry(folder + "byteorder");
        if (order != null) {
            requireStored(order);
            try (InputStream in = zip.getInputStream(order)) {
                if (in.read() != 'l') {
                    throw new PickleException("was written big-endian: not read");
                }
            }
        }
    }

    private static WeightsFile legacy(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            InputStream stream = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
            PickleBytes in = new PickleBytes(stream, channel.size());
            if (!MAGIC.equals(Unpickler.read(in))) {
                throw new WeightsException(file + ": " + FileKind.ofPickle(file));
            }
            if (!Long.valueOf(LEGACY_PROTOCOL).equals(Unpickler.read(in))) {
                throw new PickleException("is of another version of PyTorch's format than " + LEGACY_PROTOCOL);
            }
            if (Unpickler.read(in) instanceof Map<?, ?> system && Boolean.FALSE.equals(system.get("little_endian"))) {
                throw new PickleException("was written big-endian: not read");
            }
            long before = in.left();
            Object root = Unpickler.read(in);
            long length = before - in.left();
            requireStateDict(file, root);
            if (!(Unpickler.read(in) instanceof List<?> keys)) {
                throw new PickleException("has no list of storages");
            }
            List<StoredTensor> found = new ArrayList<>();
            loaded(root, length, tensor -> {
                found.add(tensor);
                return null;
            });
            Storages storages = new Storages(channel.size());
            Map<String, Storage> declared = new LinkedHashMap<>();
            found.forEach(tensor -> declared.put(tensor.storage().key(), tensor.storage()));
            for (Object key : keys) {
                Storage storage = declared.get(String.valueOf(key));
                if (storage == null) {
                    throw new PickleException("has a storage that no tensor of it lies in: not read");
                }
                storages.readNext(storage, in, stream);
            }
            WeightsFile read = loaded(
                    root,
                    length,
                    tensor -> storages.view(tensor, storage -> {
                        throw new PickleException("lacks the storage " + storage.key());
                    }));
            requireTensors(file, root, read);
            return read;
        }
    }

    /** How a tensor gets its values; null where it is only looked for. */
    private interface Maker {
        @org.jspecify.annotations.Nullable
        Tensor make(StoredTensor tensor) throws IOException;
    }

    /** @param length of the pickle, in bytes */
    private static WeightsFile loaded(Object root, long length, Maker maker) throws IOException {
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        new TensorTree(stored, length).walk(root);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, StoredTensor> named : stored.entrySet()) {
            Tensor tensor = maker.make(named.getValue());
            if (tensor != null) {
                tensors.put(named.getKey(), tensor);
            }
        }
        return new WeightsFile(tensors, plain(root));
    }

    private static Map<String, String> plain(Object root) {
        Map<String, String> plain = new LinkedHashMap<>();
        if (root instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                    plain.put(key.toString(), value.toString());
                } else if (value instanceof Global global) {
                    plain.put(key.toString(), global.toString());
                }
            });
        }
        return plain;
    }
}
