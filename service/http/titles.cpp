#include "service/http/titles.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace service::http {

namespace {

constexpr std::array<std::string_view, 6> languages{"en", "zh-CN", "es", "de", "fr", "ja"};
using row = std::array<std::string_view, languages.size()>;

/// One row a code, in the order of errc. clang-format off keeps a row a line.
// clang-format off
constexpr std::array<row, 35> titles{{
    /* request_invalid */ {{"The request is invalid", "请求无效", "La solicitud no es válida", "Die Anfrage ist ungültig", "La requête n’est pas valide", "リクエストが無効です"}},
    /* not_found */ {{"There is nothing here", "未找到资源", "No se encontró el recurso", "Hier gibt es nichts", "Ressource introuvable", "リソースが見つかりません"}},
    /* method_not_allowed */ {{"The method is not allowed", "不允许使用该方法", "El método no está permitido", "Die Methode ist nicht erlaubt", "La méthode n’est pas autorisée", "このメソッドは許可されていません"}},
    /* request_timeout */ {{"The request took too long to arrive", "请求超时", "La solicitud tardó demasiado en llegar", "Die Anfrage kam nicht rechtzeitig an", "La requête a mis trop de temps à arriver", "リクエストがタイムアウトしました"}},
    /* body_too_large */ {{"The body is too large", "请求体过大", "El cuerpo es demasiado grande", "Der Inhalt ist zu groß", "Le corps est trop volumineux", "リクエスト本文が大きすぎます"}},
    /* media_type_unsupported */ {{"The media type is not supported", "不支持该媒体类型", "El tipo de contenido no es compatible", "Der Medientyp wird nicht unterstützt", "Le type de contenu n’est pas pris en charge", "このメディアタイプには対応していません"}},
    /* head_too_large */ {{"The request head is too large", "请求头过大", "La cabecera de la solicitud es demasiado grande", "Der Kopf der Anfrage ist zu groß", "L’en-tête de la requête est trop volumineux", "リクエストヘッダーが大きすぎます"}},
    /* origin_forbidden */ {{"Requests from this origin are forbidden", "禁止来自该来源的请求", "No se admiten solicitudes de este origen", "Anfragen von diesem Ursprung sind verboten", "Les requêtes de cette origine sont interdites", "このオリジンからのリクエストは禁止されています"}},
    /* token_malformed */ {{"The token is malformed", "令牌格式错误", "El token está mal formado", "Das Token ist fehlerhaft aufgebaut", "Le jeton est mal formé", "トークンの形式が正しくありません"}},
    /* token_too_large */ {{"The token is too large", "令牌过大", "El token es demasiado grande", "Das Token ist zu groß", "Le jeton est trop volumineux", "トークンが大きすぎます"}},
    /* header_invalid */ {{"The token's header is invalid", "令牌头部无效", "La cabecera del token no es válida", "Der Kopf des Tokens ist ungültig", "L’en-tête du jeton n’est pas valide", "トークンのヘッダーが無効です"}},
    /* algorithm_not_allowed */ {{"The algorithm is not allowed", "不允许使用该算法", "El algoritmo no está permitido", "Der Algorithmus ist nicht erlaubt", "L’algorithme n’est pas autorisé", "このアルゴリズムは許可されていません"}},
    /* algorithm_unsupported */ {{"The algorithm is not supported", "不支持该算法", "El algoritmo no es compatible", "Der Algorithmus wird nicht unterstützt", "L’algorithme n’est pas pris en charge", "このアルゴリズムには対応していません"}},
    /* key_not_found */ {{"No key fits", "找不到匹配的密钥", "No hay ninguna clave adecuada", "Kein Schlüssel passt", "Aucune clé ne convient", "適合する鍵が見つかりません"}},
    /* key_ambiguous */ {{"More than one key fits", "有多个密钥匹配", "Hay más de una clave adecuada", "Mehrere Schlüssel passen", "Plusieurs clés conviennent", "複数の鍵が適合します"}},
    /* key_invalid */ {{"The key is invalid", "密钥无效", "La clave no es válida", "Der Schlüssel ist ungültig", "La clé n’est pas valide", "鍵が無効です"}},
    /* signature_invalid */ {{"The signature is invalid", "签名无效", "La firma no es válida", "Die Signatur ist ungültig", "La signature n’est pas valide", "署名が無効です"}},
    /* token_expired */ {{"The token has expired", "令牌已过期", "El token ha caducado", "Das Token ist abgelaufen", "Le jeton a expiré", "トークンの有効期限が切れています"}},
    /* token_not_yet_valid */ {{"The token is not valid yet", "令牌尚未生效", "El token todavía no es válido", "Das Token ist noch nicht gültig", "Le jeton n’est pas encore valide", "トークンはまだ有効ではありません"}},
    /* claim_invalid */ {{"A claim is invalid", "声明无效", "Un claim no es válido", "Ein Claim ist ungültig", "Un claim n’est pas valide", "クレームが無効です"}},
    /* claim_missing */ {{"A claim is missing", "缺少声明", "Falta un claim", "Ein Claim fehlt", "Un claim est manquant", "クレームがありません"}},
    /* issuer_mismatch */ {{"The issuer is not an expected one", "签发者不符", "El emisor no es el esperado", "Der Aussteller ist nicht der erwartete", "L’émetteur n’est pas celui attendu", "発行者が一致しません"}},
    /* audience_mismatch */ {{"The audience is not an expected one", "受众不符", "La audiencia no es la esperada", "Die Zielgruppe ist nicht die erwartete", "L’audience n’est pas celle attendue", "オーディエンスが一致しません"}},
    /* subject_mismatch */ {{"The subject is not the expected one", "主体不符", "El sujeto no es el esperado", "Das Subjekt ist nicht das erwartete", "Le sujet n’est pas celui attendu", "サブジェクトが一致しません"}},
    /* type_mismatch */ {{"The token is of another type", "令牌类型不符", "El token es de otro tipo", "Das Token ist von anderer Art", "Le jeton est d’un autre type", "トークンの種類が一致しません"}},
    /* token_hash_mismatch */ {{"The token's hash does not match", "令牌哈希不匹配", "El hash del token no coincide", "Der Hash des Tokens stimmt nicht überein", "L’empreinte du jeton ne correspond pas", "トークンのハッシュが一致しません"}},
    /* scope_insufficient */ {{"The scope is insufficient", "权限范围不足", "El alcance es insuficiente", "Der Umfang der Berechtigung reicht nicht aus", "La portée est insuffisante", "スコープが不足しています"}},
    /* decryption_failed */ {{"The token cannot be decrypted", "无法解密令牌", "No se puede descifrar el token", "Das Token lässt sich nicht entschlüsseln", "Le jeton ne peut pas être déchiffré", "トークンを復号できません"}},
    /* claims_forbidden */ {{"These claims may not be signed", "不允许签署这些声明", "No se permite firmar estos claims", "Diese Claims dürfen nicht signiert werden", "Ces claims ne peuvent pas être signés", "これらのクレームには署名できません"}},
    /* caller_unauthenticated */ {{"The caller is not authenticated", "调用方未通过身份验证", "El llamante no está autenticado", "Der Aufrufer ist nicht angemeldet", "L’appelant n’est pas authentifié", "呼び出し元が認証されていません"}},
    /* caller_forbidden */ {{"The caller may not do this", "调用方无权执行此操作", "El llamante no tiene permiso", "Der Aufrufer darf das nicht", "L’appelant n’en a pas le droit", "呼び出し元に権限がありません"}},
    /* keys_unavailable */ {{"The issuer's keys are unavailable", "签发者的密钥不可用", "Las claves del emisor no están disponibles", "Die Schlüssel des Ausstellers sind nicht verfügbar", "Les clés de l’émetteur sont indisponibles", "発行者の鍵を利用できません"}},
    /* overloaded */ {{"The service is overloaded", "服务过载", "El servicio está sobrecargado", "Der Dienst ist überlastet", "Le service est surchargé", "サービスが過負荷状態です"}},
    /* shutting_down */ {{"The service is shutting down", "服务正在关闭", "El servicio se está deteniendo", "Der Dienst wird beendet", "Le service est en cours d’arrêt", "サービスは停止処理中です"}},
    /* internal */ {{"An internal error occurred", "发生内部错误", "Se produjo un error interno", "Ein interner Fehler ist aufgetreten", "Une erreur interne s’est produite", "内部エラーが発生しました"}},
}};
// clang-format on
static_assert(titles.size() == static_cast<std::size_t>(core::errc::internal) + 1);

/// Which of our languages a range means: "de-AT" is "de", any "zh" is "zh-CN". npos = none.
std::size_t language_of(std::string_view range)
{
    auto const primary = range.substr(0, range.find('-'));
    if (range == "*")
        return 0;
    for (std::size_t i = 0; i < languages.size(); ++i)
        if (core::equal_without_case(primary, languages[i].substr(0, languages[i].find('-'))))
            return i;
    return std::string_view::npos;
}

/// A qvalue in thousandths; 1000 when there is none, 0 when it is not one. RFC 9110 section 12.4.2
int weight_of(std::string_view parameters)
{
    parameters = core::trimmed(parameters, core::http_space);
    if (parameters.empty())
        return 1000;
    if (!parameters.starts_with("q=") && !parameters.starts_with("Q="))
        return 0;
    parameters.remove_prefix(2);
    if (parameters.empty() || (parameters[0] != '0' && parameters[0] != '1')
        || parameters.size() > 5)
        return 0;
    int weight = parameters[0] == '1' ? 1000 : 0;
    int place = 100;
    for (char const c : parameters.substr(std::min<std::size_t>(2, parameters.size()))) {
        if (c < '0' || c > '9')
            return 0;
        weight += (c - '0') * place;
        place /= 10;
    }
    return std::min(weight, 1000);
}

}  // namespace

std::string_view title_of(core::errc code, std::string_view accept_language)
{
    constexpr std::size_t octets_max = 256, ranges_max = 16;  // enough for every browser's list
    accept_language = accept_language.substr(0, octets_max);
    std::size_t best = 0;
    int best_weight = 0;
    for (std::size_t seen = 0; !accept_language.empty() && seen < ranges_max; ++seen) {
        auto const comma = std::min(accept_language.find(','), accept_language.size());
        auto const entry = accept_language.substr(0, comma);
        accept_language.remove_prefix(std::min(comma + 1, accept_language.size()));
        auto const semicolon = std::min(entry.find(';'), entry.size());
        auto const language =
            language_of(core::trimmed(entry.substr(0, semicolon), core::http_space));
        auto const weight = weight_of(entry.substr(std::min(semicolon + 1, entry.size())));
        if (language != std::string_view::npos && weight > best_weight) {
            best = language;
            best_weight = weight;
        }
    }
    return titles[static_cast<std::size_t>(code)][best];
}

}  // namespace service::http
