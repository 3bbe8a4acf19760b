package io.juxta.exchange;

import java.util.Locale;
import org.apiguardian.api.API;

/** What trained networks are written as for other programs. Nothing is given the name of one that lacks what its reader demands. */
@API(status = API.Status.EXPERIMENTAL)
public enum ExportFormat {
    /** Tensors by name. */
    SAFETENSORS(
            "every tensor of the backbone by torchvision's names, of a generator by CUT's; with --head the head's too"),
    /** A state dict as torchvision's networks take it. */
    TORCHVISION(
            "every tensor of the backbone; the classifier is the reader's own (strict=False), and so are another stem and"
                    + " another width than torchvision's"),
    /** The same for timm, whose ResNets have torchvision's names and whose vision transformers names of their own. */
    TIMM("the same of timm's"),
    /** A state dict as DINO's vision transformers take it. */
    DINO("every tensor of a plain vision transformer, loaded strictly"),
    /** A state dict as DINOv2's take it. */
    DINOV2("every tensor of a vision transformer with layer scale, a mask token among them, loaded strictly"),
    /** A backbone as Hugging Face's transformers takes it. */
    HUGGINGFACE(
            "every tensor of transformers' ResNetModel, ViTModel, Dinov2Model or Dinov2WithRegistersModel without pooling layer,"
                    + " by the names of its files"),
    /** A checkpoint as {@code main_moco.py} takes it. */
    MOCO(
            "both encoders, the queue, its pointer and the optimizer's momentum: main_moco.py --resume loads all of them strictly"),
    /** A checkpoint as SwAV's programs take it. */
    SWAV("the backbone, the projection head and the prototypes"),
    /** A checkpoint as DeepCluster-v2's programs take it. */
    DEEPCLUSTER("the backbone, the projection head and the prototypes of every head"),
    /** {@code latest_net_G.pth}. */
    CUT("every tensor of the generator: CUT's test.py loads them strictly"),
    /** A network that any runtime of ONNX computes. */
    ONNX("a graph in which every operator has its operands, and every tensor that they name"),
    /** A backbone as detectron2 takes it. */
    DETECTRON2("the stem with its 7 x 7 convolution and res2 to res5, as arrays of numpy");

    private final String demands;

    ExportFormat(String demands) {
        this.demands = demands;
    }

    /** What the reader demands, of which a file that is written is known to have all. */
    public String demands() {
        return demands;
    }

    boolean isCheckpoint() {
        return this == MOCO || this == SWAV || this == DEEPCLUSTER;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
