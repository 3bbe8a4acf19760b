package io.juxta.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the environment says of a process, as each of the starters says it. */
class MembershipTest {
    private static Membership read(String... pairs) throws PeerException {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return Membership.of(environment).orElseThrow();
    }

    @Test
    void nothingMeansAlone() throws PeerException {
        assertThat(Membership.of(Map.of("PATH", "/bin"))).isEmpty();
        // a batch script of Slurm, before srun
        assertThat(Membership.of(Map.of("SLURM_PROCID", "0", "SLURM_NTASKS", "8")))
                .isEmpty();
    }

    @Test
    void torchrun() throws PeerException {
        Membership membership = read(
                "RANK",
                "5",
                "WORLD_SIZE",
                "8",
                "LOCAL_RANK",
                "1",
                "LOCAL_WORLD_SIZE",
                "4",
                "MASTER_ADDR",
                "node1",
                "MASTER_PORT",
                "29511",
                "TORCHELASTIC_USE_AGENT_STORE",
                "True",
                "TORCHELASTIC_RUN_ID",
                "abc",
                "TORCHELASTIC_RESTART_COUNT",
                "2");
        assertThat(membership.rank()).isEqualTo(5);
        assertThat(membership.size()).isEqualTo(8);
        assertThat(membership.localRank()).isEqualTo(1);
        assertThat(membership.localSize()).isEqualTo(4);
        assertThat(membership.master()).isEqualTo("node1");
        assertThat(membership.port()).isEqualTo(29511);
        assertThat(membership.hosted()).isTrue();
        assertThat(membership.attempt()).isEqualTo("abc.2");
        assertThat(membership.timeout()).hasSeconds(60);
    }

    /** A PyTorchJob says nothing of the place on the machine: each pod has one process. */
    @Test
    void kubeflow() throws PeerException {
        Membership membership =
                read("RANK", "3", "WORLD_SIZE", "8", "MASTER_ADDR", "moco-master-0", "MASTER_PORT", "23456");
        assertThat(membership.localRank()).isZero();
        assertThat(membership.localSize()).isEqualTo(1);
        assertThat(membership.hosted()).isFalse();
    }

    @Test
    void slurm() throws PeerException {
        Membership membership = read(
                "SLURM_PROCID",
                "9",
                "SLURM_STEP_NUM_TASKS",
                "16",
                "SLURM_LOCALID",
                "1",
                "SLURM_NTASKS_PER_NODE",
                "8",
                "SLURM_STEP_NODELIST",
                "gpu[07-08]",
                "SLURM_JOB_ID",
                "1234567");
        assertThat(membership.rank()).isEqualTo(9);
        assertThat(membership.size()).isEqualTo(16);
        assertThat(membership.localRank()).isEqualTo(1);
        assertThat(membership.localSize()).isEqualTo(8);
        assertThat(membership.master()).isEqualTo("gpu07");
        assertThat(membership.port()).isEqualTo(29500 + 567);
    }

    /** A step of fewer tasks than the job has on each machine. */
    @Test
    void slurmsSmallSteps() throws PeerException {
        Membership membership = read(
                "SLURM_PROCID",
                "0",
                "SLURM_STEP_NUM_TASKS",
                "2",
                "SLURM_LOCALID",
                "0",
                "SLURM_NTASKS_PER_NODE",
                "8",
                "SLURM_STEP_NODELIST",
                "gpu07");
        assertThat(membership.localSize()).isEqualTo(2);
    }

    @Test
    void openMpi() throws PeerException {
        Membership membership = read(
                "OMPI_COMM_WORLD_RANK",
                "1",
                "OMPI_COMM_WORLD_SIZE",
                "2",
                "OMPI_COMM_WORLD_LOCAL_RANK",
                "1",
                "OMPI_COMM_WORLD_LOCAL_SIZE",
                "2");
        assertThat(membership.rank()).isEqualTo(1);
        assertThat(membership.localSize()).isEqualTo(2);
        assertThat(membership.master()).isEqualTo("127.0.0.1");
        assertThat(membership.port()).isEqualTo(29500);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"node07; node07", "node07,node08; node07", "node[07-09,12],x1; node07", "n[3]-ib,n[9]-ib; n3-ib"})
    void theFirstHost(String list, String first) {
        assertThat(Membership.firstHost(list)).isEqualTo(first);
    }

    @Test
    void whatMakesNoSenseIsNamed() {
        assertThatThrownBy(() -> read("RANK", "2", "WORLD_SIZE", "2"))
                .isInstanceOf(PeerException.class)
                .hasMessage("RANK 2 in the environment must be from 0 to 1");
        assertThatThrownBy(() -> read("RANK", "0"))
                .hasMessageStartingWith("the environment lacks WORLD_SIZE: processes of one run need RANK");
        assertThatThrownBy(() -> read("RANK", "x", "WORLD_SIZE", "2")).hasMessageStartingWith("RANK x ");
        assertThatThrownBy(() -> read("RANK", "0", "WORLD_SIZE", "2", "MASTER_PORT", "0"))
                .hasMessage("MASTER_PORT 0 in the environment must be from 1 to 65535");
    }
}
