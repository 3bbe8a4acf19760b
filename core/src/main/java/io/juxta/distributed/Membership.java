package io.juxta.distributed;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apiguardian.api.API;

/**
 * Which of how many processes this one is, and where they meet: what torchrun, Slurm, Open MPI, Kubeflow's PyTorchJob
 * and {@code juxta launch} tell a process by its environment.
 *
 * @param rank of this process, from 0
 * @param size the number of processes
 * @param localRank among the processes of this machine, from 0: the GPU that is this process's
 * @param localSize the number of processes on this machine
 * @param master host name or address of rank 0's machine
 * @param port where the processes meet there
 * @param hosted whether somebody else keeps the store at that port, as torchrun's agent does; otherwise rank 0 does
 * @param attempt what tells this start from others that met at the same store
 * @param timeout how long a process may be silent or may take to come before the others give up
 */
@API(status = API.Status.INTERNAL)
public record Membership(
        int rank,
        int size,
        int localRank,
        int localSize,
        String master,
        int port,
        boolean hosted,
        String attempt,
        Duration timeout) {
    /** Seconds of silence after which a process is given up. */
    public static final int DEFAULT_TIMEOUT = 60;

    private static final int DEFAULT_PORT = 29500;
    private static final int MOST = 65_536;
    private static final Pattern FIRST_HOST = Pattern.compile("([^,\\[]+)(?:\\[([^\\]]*)\\]([^,]*))?.*");

    /**
     * Reads the environment.
     *
     * @param environment as {@link System#getenv()} gives it
     * @return empty where nothing speaks of several processes
     * @throws PeerException naming the variable that is missing or makes no sense
     */
    public static Optional<Membership> of(Map<String, String> environment) throws PeerException {
        Map<String, String> env = environment;
        if (env.containsKey("WORLD_SIZE") || env.containsKey("RANK")) {
            return Optional.of(of(env, "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"));
        }
        if (env.containsKey("OMPI_COMM_WORLD_SIZE")) {
            return Optional.of(of(
                    env,
                    "OMPI_COMM_WORLD_RANK",
                    "OMPI_COMM_WORLD_SIZE",
                    "OMPI_COMM_WORLD_LOCAL_RANK",
                    "OMPI_COMM_WORLD_LOCAL_SIZE"));
        }
        // only what srun starts has a number of tasks of its own: a batch script itself is one process
        if (env.containsKey("SLURM_STEP_NUM_TASKS") && env.containsKey("SLURM_PROCID")) {
            return Optional.of(
                    of(env, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "SLURM_NTASKS_PER_NODE"));
        }
        return Optional.empty();
    }

    private static Membership of(
            Map<String, String> env, String rankName, String sizeName, String localRankName, String localSizeName)
            throws PeerException {
        int size = number(env, sizeName, 1, MOST, -1);
        int rank = number(env, rankName, 0, size - 1, -1);
        boolean alone = !env.containsKey("MASTER_ADDR") && !env.containsKey("SLURM_STEP_NODELIST");
        int localRank = number(env, localRankName, 0, size - 1, alone ? rank : 0);
        // a step may have fewer tasks than its job has on a machine
        int localSize = Math.min(size, number(env, localSizeName, 1, MOST, alone ? size : localRank + 1));
        int port = number(env, "MASTER_PORT", 1, 65_535, defaultPort(env));
        int timeout = number(env, "JUXTA_TIMEOUT", 1, 86_400, DEFAULT_TIMEOUT);
        boolean hosted = "true".equalsIgnoreCase(env.get("TORCHELASTIC_USE_AGENT_STORE"));
        String attempt =
                env.getOrDefault("TORCHELASTIC_RUN_ID", "") + "." + env.getOrDefault("TORCHELASTIC_RESTART_COUNT", "0");
        return new Membership(
                rank, size, localRank, localSize, master(env), port, hosted, attempt, Duration.ofSeconds(timeout));
    }

    private static int number(Map<String, String> env, String name, int least, int most, int otherwise)
            throws PeerException {
        String value = env.get(name);
        if (value == null) {
            if (otherwise < least) {
                throw new PeerException("the environment lacks " + name + ": processes of one run need RANK,"
                        + " WORLD_SIZE, MASTER_ADDR and MASTER_PORT (juxta launch and torchrun set them)");
            }
            return otherwise;
        }
        String digits = value.strip();
        if (!digits.matches("\\d{1,9}") || Integer.parseInt(digits) < least || Integer.parseInt(digits) > most) {
            throw new PeerException(name + " " + value + " in the environment must be from " + least + " to " + most);
        }
        return Integer.parseInt(digits);
    }

    private static int defaultPort(Map<String, String> env) {
        String job = env.getOrDefault("SLURM_JOB_ID", "");
        // jobs that share a machine meet at ports of their own
        return job.matches("\\d{1,15}") ? DEFAULT_PORT + (int) (Long.parseLong(job) % 1000) : DEFAULT_PORT;
    }

    private static String master(Map<String, String> env) {
        String master = env.getOrDefault("MASTER_ADDR", "").strip();
        if (!master.isEmpty()) {
            return master;
        }
        return env.containsKey("SLURM_STEP_NODELIST") ? firstHost(env.get("SLURM_STEP_NODELIST")) : "127.0.0.1";
    }

    /** The first of the hosts in Slurm's shorthand: node07 of {@code node[07-09,12],other}. */
    static String firstHost(String list) {
        Matcher matcher = FIRST_HOST.matcher(list.strip());
        if (!matcher.matches() || matcher.group(2) == null) {
            return list.strip().split(",", 2)[0];
        }
        return matcher.group(1) + matcher.group(2).split("[-,]", 2)[0] + matcher.group(3);
    }

    /** A process of one machine, for tests. */
    static Membership local(int rank, int size, int port, Duration timeout) {
        return new Membership(rank, size, rank, size, "127.0.0.1", port, false, "", timeout);
    }
}
