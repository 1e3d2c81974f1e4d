// Reads a URL twice over each TLS version with a client certificate, and once without: what tls_clients_test.py expects.
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

public class Client {
    static Certificate certificate(Path file) throws Exception {
        return CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
    }

    static HttpClient client(Path folder, String version, boolean showsCertificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate(folder.resolve("ca.pem")));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManager[] mine = null;
        if (showsCertificate) {
            String pem = Files.readString(folder.resolve("client.key")).replaceAll("-----[^-]+-----|\\s", "");
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(
                "me", KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))),
                new char[0], new Certificate[] {certificate(folder.resolve("client.pem"))});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, new char[0]);
            mine = keys.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(mine, trust.getTrustManagers(), null);
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {version});
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(context).sslParameters(parameters).build();
    }

    static String status(HttpClient from, String url) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
            return String.valueOf(from.send(request, HttpResponse.BodyHandlers.ofString()).statusCode());
        } catch (Exception refused) {
            return "refused";
        }
    }

    public static void main(String[] given) throws Exception {
        Path folder = Path.of(given[1]);
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            HttpClient from = client(folder, version, true);
            System.out.println(version + ":" + status(from, given[0]) + "," + status(from, given[0]));
        }
        System.out.println("none:" + status(client(folder, "TLSv1.3", false), given[0]));
    }
}
