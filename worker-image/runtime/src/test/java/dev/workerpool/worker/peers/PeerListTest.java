package dev.workerpool.worker.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerListTest {
    private static final String TOKEN = "\"0123456789abcdef\"";

    private final List<String> complaints = new ArrayList<>();

    private PeerList read(String json) throws Exception {
        return PeerList.read(
                new JsonMapper().readTree(json.replace('\'', '"')),
                (field, rule) -> complaints.add(field + " " + rule));
    }

    @Test
    void readsWhatTheOperatorTells() throws Exception {
        PeerList list =
                read("{'version':7,'token':" + TOKEN + ",'replicas':[{'replica':'a-1','address':'10.0.0.1:8000'},"
                        + "{'replica':'b','address':'[fd00::1]:80'}]}");

        assertThat(complaints).isEmpty();
        assertThat(list.version()).isEqualTo(7);
        assertThat(list.replicas()).extracting(Peer::replica).containsExactly("a-1", "b");
        assertThat(list.replicas()).extracting(Peer::host).containsExactly("10.0.0.1:8000", "[fd00:0:0:0:0:0:0:1]:80");
        assertThat(list.without("b").replicas()).extracting(Peer::replica).containsExactly("a-1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            []                                                       | must be a JSON object
            {'token':T,'replicas':[]}                                | version must be a whole number of at least 1
            {'version':0,'token':T,'replicas':[]}                    | version must be a whole number of at least 1
            {'version':1.5,'token':T,'replicas':[]}                  | version must be a whole number of at least 1
            {'version':1,'token':'short','replicas':[]}              | token must be 16 to 256 visible ASCII characters
            {'version':1,'token':'with a line\\nbreak','replicas':[]} | token must be 16 to 256 visible ASCII characters
            {'version':1,'token':T}                                  | replicas must be an array of at most 1000
            {'version':1,'token':T,'replicas':[],'more':1}           | more is unknown
            {'version':1,'token':T,'replicas':[1]}                   | replicas[0] must be a JSON object
            {'version':1,'token':T,'replicas':[{'replica':'a b','address':'1.2.3.4:5'}]} | replicas[0].replica must be a replica's name: 1 to 253 of a-z, A-Z, 0-9, '.', '_' and '-'
            {'version':1,'token':T,'replicas':[{'replica':'a','address':'example.org:80'}]} | replicas[0].address must be an IP address and a port, such as 10.0.0.1:8000 or [fd00::1]:8000
            {'version':1,'token':T,'replicas':[{'replica':'a','address':'1.2.3.4:70000'}]} | replicas[0].address must be an IP address and a port, such as 10.0.0.1:8000 or [fd00::1]:8000
            {'version':1,'token':T,'replicas':[{'replica':'a','address':'1.2.3.4:5'},{'replica':'a','address':'1.2.3.4:6'}]} | replicas[1].replica must not be there twice
            """, quoteCharacter = '`')
    void namesFieldAndRule(String json, String complaint) throws Exception {
        assertThat(read(json.replace("T", TOKEN))).isNull();
        assertThat(complaints).hasSize(1);
        assertThat(complaints.getFirst().strip()).isEqualTo(complaint);
    }

    @Test
    void watchesAllInASmallPoolAndItsNeighboursInALargeOne() {
        List<Peer> few = peers(8);
        assertThat(Neighbours.of("r99", few)).isEqualTo(few);

        List<Peer> many = peers(50);
        for (Peer self : many) {
            List<Peer> others = many.stream().filter(peer -> peer != self).toList();
            List<Peer> near = Neighbours.of(self.replica(), others);
            assertThat(near).hasSize(8).doesNotHaveDuplicates();
            for (Peer peer : near) {
                List<Peer> theirs = many.stream().filter(other -> other != peer).toList();
                assertThat(Neighbours.of(peer.replica(), theirs))
                        .as("watching is mutual")
                        .contains(self);
            }
        }
    }

    private static List<Peer> peers(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Peer("r" + i, Peer.address("10.0.0.1:" + (8000 + i))))
                .toList();
    }
}
