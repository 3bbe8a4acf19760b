package io.juxta.exchange;

import io.juxta.torch.StateDict;
import io.juxta.weights.WeightsException;
import io.juxta.weights.WeightsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * What a translation that is to be trained takes over: generator, discriminator and patch sampler of a run or of the original's
 * {@code latest_net_G.pth}, {@code _D} and {@code _F}, as its {@code --continue_train} takes them; optimisers begin anew there as here.
 * A generator alone will do.
 */
@API(status = API.Status.INTERNAL)
public final class TranslationWeights {
    /** The networks in the order in which they are trained, and the keys that shape each. */
    private static final Map<String, String> KEYS = new LinkedHashMap<>();

    static {
        KEYS.put("G", "netG, ngf, normG, input-nc and output-nc");
        KEYS.put("D", "netD, ndf, n-layers-D, normD and output-nc");
        KEYS.put("F", "netF, netF-nc, nce-layers, netG and ngf");
    }

    private static final Pattern ORIGINAL = Pattern.compile("(.{1,200})_net_[GDF]\\.pth");

    private TranslationWeights() {}

    /**
     * The files that a path means: of a run its last checkpoint, or else its generator; of the original's folder, or one of its
     * files, all that lie side by side.
     *
     * @throws IOException when there are none, in one line
     */
    public static List<Path> files(Path given) throws IOException {
        Path last = given.resolve("checkpoints/last.safetensors");
        if (Files.isRegularFile(last)) {
            return List.of(last);
        }
        if (Files.isRegularFile(given.resolve("latest_net_G.pth"))) {
            return beside(given, "latest");
        }
        Matcher original = ORIGINAL.matcher(String.valueOf(given.getFileName()));
        if (Files.isRegularFile(given) && original.matches()) {
            Path folder = given.toAbsolutePath().getParent();
            return beside(folder == null ? Path.of("") : folder, original.group(1));
        }
        if (Files.isDirectory(given) && !Files.isRegularFile(given.resolve("generator.safetensors"))) {
            throw new WeightsException(
                    given + " holds neither checkpoints nor generator.safetensors nor latest_net_G.pth:"
                            + " give a run of translate train, or the original's folder");
        }
        return List.of(KnownWeights.file(given));
    }

    private static List<Path> beside(Path folder, String prefix) throws IOException {
        List<Path> files = KEYS.keySet().stream()
                .map(letter -> folder.resolve(prefix + "_net_" + letter + ".pth"))
                .filter(Files::isRegularFile)
                .toList();
        if (!files.get(0).endsWith(prefix + "_net_G.pth")) {
            throw new WeightsException(
                    folder + " lacks " + prefix + "_net_G.pth, the generator beside " + files.get(0));
        }
        return files;
    }

    /**
     * Compares weights with the networks of a learner.
     *
     * @param files as {@link #files} gives them
     * @param networks generator, discriminator and sampler
     * @return names are those of the learner's state: {@code G.}, {@code D.} and {@code F.} before the network's own
     * @throws IOException when they cannot be read, or one is of another network, in one line that says what differs
     */
    public static StartingWeights of(List<Path> files, List<Module> networks) throws IOException {
        Map<String, Tensor> given = new LinkedHashMap<>();
        for (Path file : files) {
            given.putAll(read(file));
        }
        Map<String, Tensor> taken = new LinkedHashMap<>();
        List<String> fresh = new ArrayList<>();
        int place = 0;
        for (String letter : KEYS.keySet()) {
            Map<String, Tensor> wanted = StateDict.of(networks.get(place++));
            String before = letter + ".";
            boolean there = given.keySet().stream().anyMatch(name -> name.startsWith(before));
            if (there) {
                take(given, wanted, letter, files.get(0), taken);
            } else if (letter.equals("G")) {
                throw new WeightsException(files.get(0) + " holds no generator to begin from");
            } else {
                fresh.add(letter.equals("D") ? "the discriminator" : "the patch sampler");
            }
        }
        List<String> leftOver = given.entrySet().stream()
                .filter(named -> !taken.containsKey(named.getKey()))
                .map(named -> named.getKey() + " " + StateDict.shape(named.getValue()))
                .toList();
        return new StartingWeights(taken, fresh, leftOver, Optional.empty());
    }

    private static void take(
            Map<String, Tensor> given, Map<String, Tensor> wanted, String letter, Path file, Map<String, Tensor> taken)
            throws IOException {
        List<String> differs = new ArrayList<>();
        wanted.forEach((name, tensor) -> {
            String full = letter + "." + name;
            Tensor value = given.get(full);
            if (value == null) {
                differs.add(full + " is not there");
            } else if (!StateDict.shape(value).equals(StateDict.shape(tensor))) {
                differs.add(full + " is " + StateDict.shape(value) + ", not " + StateDict.shape(tensor));
            } else {
                taken.put(full, value.detach().clone());
            }
        });
        if (!differs.isEmpty()) {
            throw new WeightsException(file + " is of another network than this recipe's: "
                    + StartingWeights.shown(differs) + "; set " + KEYS.get(letter) + " to its own");
        }
    }

    /** The tensors of a file, by the network that they are of. */
    private static Map<String, Tensor> read(Path file) throws IOException {
        WeightsFile weights = WeightsFile.read(file);
        String name = String.valueOf(file.getFileName());
        boolean original = ORIGINAL.matcher(name).matches();
        boolean whole = !original && weights.tensors().containsKey("G.model.1.weight")
                || weights.tensors().keySet().stream().anyMatch(each -> each.startsWith("adam_G."));
        String letter = original ? name.substring(name.length() - "G.pth".length(), name.length() - 4) : "G";
        Map<String, Tensor> named = new LinkedHashMap<>();
        weights.tensors().forEach((key, tensor) -> {
            String plain = key.startsWith("module.") ? key.substring("module.".length()) : key;
            named.put(whole ? plain : letter + "." + plain, tensor);
        });
        return named;
    }
}
