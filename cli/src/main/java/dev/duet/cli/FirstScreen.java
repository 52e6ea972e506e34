package dev.duet.cli;

import dev.duet.cli.Starter.RelayFacts;
import dev.duet.cli.settings.Settings;
import dev.duet.server.HttpMode;
import dev.duet.server.RelayConfig;
import dev.duet.server.relay.AdvertisedUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a person sees when Duet has started: where to go, what is on, what is off, how to stop. Pure: facts in, text
 * out.
 */
final class FirstScreen {
    private static final String BOLD = "\u001B[1m";
    private static final String PLAIN = "\u001B[0m";

    private final Facts facts;
    private final Look look;
    private final StringBuilder out = new StringBuilder();

    /**
     * What is shown.
     *
     * @param http the real port, empty when http is off
     * @param https the real port, empty when https is off
     * @param network addresses as a URL has them, the likeliest first; empty when only this machine is served
     * @param engine what carries the bytes
     * @param relay empty when this process does not relay
     * @param inContainer whether only --public-ip says where others find it
     * @param ownAuthority whether the certificate is signed by Duet's local CA
     */
    record Facts(
            Settings settings,
            String version,
            Optional<Integer> http,
            Optional<Integer> https,
            List<String> network,
            String engine,
            Optional<RelayFacts> relay,
            boolean ownAuthority,
            boolean inContainer) {}

    /** How it is shown. */
    record Look(Language language, boolean colours, boolean qr) {}

    FirstScreen(Facts facts, Look look) {
        this.facts = facts;
        this.look = look;
    }

    String text() {
        out.setLength(0);
        out.append('\n').append("  ").append(bold("Duet " + facts.version())).append("\n\n");
        addresses();
        pages();
        phone();
        switches();
        ports();
        row(say("Data", "数据"), facts.settings().dataDir().toString());
        row(say("Stop", "停止"), "Ctrl+C");
        return out.append('\n').toString();
    }

    private void addresses() {
        row(say("This machine", "本机"), bold(here()));
        List<String> urls = network();
        for (int i = 0; i < urls.size(); i++) {
            row(i == 0 ? say("Your network", "局域网") : "", urls.get(i));
        }
        if (urls.isEmpty()) {
            row(say("Your network", "局域网"), networkIsOut());
        }
        out.append('\n');
    }

    private void pages() {
        facts.settings().pages().ifPresent(folder -> {
            row(say("Your pages", "你的页面"), folder.toString());
            row("", say("served at ", "访问地址 ") + here() + "/");
            row(say("Duet's page", "自带页面"), here() + "/duet/");
            out.append('\n');
        });
    }

    private String networkIsOut() {
        if (facts.https().isEmpty()) {
            return say(
                    "through your proxy: browsers give a camera to https pages only",
                    "通过你的反向代理访问：浏览器只允许 https 页面使用摄像头");
        }
        if (facts.inContainer()) {
            return say("in a container: give --public-ip, the address of its host", "在容器中运行：请用 --public-ip 指定宿主机的地址");
        }
        return facts.settings().host().equals(Hosts.ALL)
                ? say("no network address found", "没有找到网络地址")
                : say(
                        "not served (--host " + facts.settings().host() + ")",
                        "未开放（--host " + facts.settings().host() + "）");
    }

    private void phone() {
        List<String> urls = network();
        if (urls.isEmpty()) {
            return;
        }
        if (look.qr()) {
            out.append(QrCode.draw(urls.getFirst(), look.colours(), "  ")).append('\n');
        }
        if (facts.ownAuthority()) {
            note(say(
                    "Phone in the same network: open (or scan) the address above. Its browser",
                    "手机在同一网络时：扫码或输入上面的地址。浏览器会提示证书不受信任，"));
            note(say(
                    "warns about the certificate, because this server made it itself. Go on once,",
                    "因为证书是本机自己签发的。可以选择继续访问；想长期信任，请打开"));
            note(say("or trust it for good: " + trust(urls), trust(urls)));
            out.append('\n');
        }
    }

    private String trust(List<String> urls) {
        String host = urls.getFirst().replaceFirst("https://", "").replaceFirst(":\\d+(/.*)?$", "");
        return facts.http()
                .map(port -> "http://" + host + ":" + port + facts.settings().basePath() + "/trust")
                .orElse(urls.getFirst() + "/trust");
    }

    private void switches() {
        Settings settings = facts.settings();
        String seconds = String.valueOf(settings.seatGrace().toSeconds());
        row(
                say("On", "已开启"),
                say(
                        "calls for " + settings.capacity() + "; a lost connection keeps its seat for " + seconds + " s",
                        settings.capacity() + " 人通话；断线后座位保留 " + seconds + " 秒"));
        row(
                "",
                facts.https().isPresent()
                        ? say("TLS (", "TLS（") + facts.engine() + say("), ", "），") + certificate()
                        : facts.engine());
        facts.relay().ifPresent(this::relay);
        if (facts.settings().relay().mode() == RelayConfig.Mode.EXTERNAL) {
            row(
                    "",
                    say("relay elsewhere: ", "使用外部中继：")
                            + String.join(" ", facts.settings().relay().external()));
        }
        row("", say("joins without a token: ", "无需令牌即可加入：") + anonymous());
        List<String> off = off();
        for (int i = 0; i < off.size(); i++) {
            row(i == 0 ? say("Off", "未开启") : "", off.get(i));
        }
    }

    private void relay(RelayFacts relay) {
        String streams = facts.https().isPresent() ? say("UDP, TCP, TLS", "UDP、TCP、TLS") : say("UDP, TCP", "UDP、TCP");
        row("", say("relay (", "中继（") + relay.engine() + say("): ", "）：") + streams);
        relay.urls().forEach(this::advertised);
        if (relay.urls().isEmpty() && !relay.isPublic()) {
            row(
                    "",
                    say(
                            "  found in this network only; behind a NAT give --public-ip",
                            "  目前只在本网络内可用；服务器在 NAT 之后时请用 --public-ip"));
        }
    }

    private void advertised(AdvertisedUrl url) {
        row("", "  " + url.url());
        String fix = switch (url.state()) {
            case ANSWERS -> "";
            case SILENT -> say("no answer: open the port, or lead it here", "没有应答：请开放端口，或把它转到本机");
            case NO_TLS -> say("no TLS there: let the proxy pass TLS on", "那里不是 TLS：请让代理转发 TLS");
            case REFUSED -> say("port closed: start the proxy, or lead the port here", "端口未开放：请启动代理，或把端口转到本机");
            case SOMEBODY_ELSE -> say("not this relay: pass the port on byte for byte", "应答的不是本中继：请让代理原样转发字节");
            case UNKNOWN_HOST -> say("unknown name: add it to the DNS", "域名无法解析：请添加 DNS 记录");
            case UNREADABLE -> say("no STUN or TURN URL", "不是 STUN 或 TURN 地址");
        };
        if (!fix.isEmpty()) {
            row("", "    " + fix);
        }
    }

    private String certificate() {
        return facts.ownAuthority()
                ? say("certificate of its own local CA", "证书由本机 CA 签发")
                : say("certificate from --cert", "证书来自 --cert");
    }

    private String anonymous() {
        return facts.settings().anonymous()
                ? say("everybody, public addresses too", "所有人，包括公网地址")
                : say("this machine and private networks", "本机和内网地址");
    }

    private List<String> off() {
        List<String> off = new ArrayList<>();
        if (!facts.settings().anonymous()) {
            off.add(say("joins from public addresses (--anonymous)", "公网地址加入（--anonymous）"));
        }
        if (facts.https().isEmpty()) {
            off.add(say("https (--tls off)", "https（--tls off）"));
        }
        if (facts.settings().relay().mode() == RelayConfig.Mode.OFF) {
            off.add(say("relay: calls need a direct way (--relay off)", "中继：通话双方必须能直连（--relay off）"));
        }
        return off;
    }

    private void ports() {
        List<String> lines = new ArrayList<>();
        facts.https()
                .ifPresent(port ->
                        lines.add(port + say("/tcp  https, wss: pages and signaling", "/tcp  https、wss：页面与信令")));
        facts.http().ifPresent(port -> lines.add(port + "/tcp  " + httpPurpose()));
        facts.relay().ifPresent(relay -> {
            RelayConfig config = facts.settings().relay();
            lines.add(relay.port() + say("/udp  STUN, TURN", "/udp  STUN、TURN"));
            lines.add(config.portMin() + "-" + config.portMax() + say("/udp  relayed media", "/udp  中继的媒体"));
        });
        for (int i = 0; i < lines.size(); i++) {
            row(i == 0 ? say("Ports", "端口") : "", lines.get(i));
        }
    }

    private String httpPurpose() {
        return facts.settings().http() == HttpMode.SERVE
                ? say("http: pages and signaling", "http：页面与信令")
                : say("http: this machine, /trust, others are sent to https", "http：本机、/trust，其余跳转到 https");
    }

    private String here() {
        String path = facts.settings().basePath();
        return facts.http()
                .map(port -> "http://localhost:" + port + path)
                .orElseGet(() -> "https://localhost:" + facts.https().orElseThrow() + path);
    }

    private List<String> network() {
        return facts.https().stream()
                .flatMap(port -> facts.network().stream()
                        .map(host -> "https://" + host + ":" + port
                                + facts.settings().basePath()))
                .toList();
    }

    private void row(String label, String value) {
        int columns = look.language() == Language.CHINESE ? 2 * label.length() : label.length();
        out.append("  ")
                .append(label)
                .append(" ".repeat(Math.max(1, 14 - columns)))
                .append(value)
                .append('\n');
    }

    private void note(String line) {
        out.append("  ").append(line).append('\n');
    }

    private String bold(String text) {
        return look.colours() ? BOLD + text + PLAIN : text;
    }

    private String say(String english, String chinese) {
        return look.language().choose(english, chinese);
    }
}
