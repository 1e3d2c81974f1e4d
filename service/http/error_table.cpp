#include "service/http/error_table.hpp"

namespace service::http {
namespace {

using core::errc;

/// The status of a code, depending on where the failure happened.
struct statuses {
    std::uint16_t usual;          ///< where a token or a request is judged
    std::uint16_t making;         ///< where a token is made, so it cannot be the token's fault
    std::uint16_t making_inline;  ///< the same with a key in the request
    std::uint16_t given;          ///< where the request's own key or text is read
    std::uint16_t auth;           ///< /auth. RFC 6750 section 3.1
};

constexpr statuses refused(std::uint16_t status)
{
    return {status, status, status, status, 401};
}
constexpr statuses everywhere(std::uint16_t status)
{
    return {status, status, status, status, status};
}
constexpr statuses undecided(std::uint16_t status)
{
    return {status, status, status, status, 503};
}

struct error_row {
    errc code;
    statuses status;
    std::array<std::string_view, languages.size()> titles;
};

/// In the order of errc. clang-format off keeps each row on one line.
// clang-format off
constexpr std::array errors{
    error_row{errc::request_invalid,        refused(400),               {"The request is invalid", "请求无效", "La solicitud no es válida", "Die Anfrage ist ungültig", "La requête n’est pas valide", "リクエストが無効です"}},
    error_row{errc::not_found,              refused(404),               {"There is nothing here", "未找到资源", "No se encontró el recurso", "Hier gibt es nichts", "Ressource introuvable", "リソースが見つかりません"}},
    error_row{errc::method_not_allowed,     refused(405),               {"The method is not allowed", "不允许使用该方法", "El método no está permitido", "Die Methode ist nicht erlaubt", "La méthode n’est pas autorisée", "このメソッドは許可されていません"}},
    error_row{errc::request_timeout,        refused(408),               {"The request took too long to arrive", "请求超时", "La solicitud tardó demasiado en llegar", "Die Anfrage kam nicht rechtzeitig an", "La requête a mis trop de temps à arriver", "リクエストがタイムアウトしました"}},
    error_row{errc::body_too_large,         refused(413),               {"The body is too large", "请求体过大", "El cuerpo es demasiado grande", "Der Inhalt ist zu groß", "Le corps est trop volumineux", "リクエスト本文が大きすぎます"}},
    error_row{errc::media_type_unsupported, refused(415),               {"The media type is not supported", "不支持该媒体类型", "El tipo de contenido no es compatible", "Der Medientyp wird nicht unterstützt", "Le type de contenu n’est pas pris en charge", "このメディアタイプには対応していません"}},
    error_row{errc::head_too_large,         refused(431),               {"The request head is too large", "请求头过大", "La cabecera de la solicitud es demasiado grande", "Der Kopf der Anfrage ist zu groß", "L’en-tête de la requête est trop volumineux", "リクエストヘッダーが大きすぎます"}},
    error_row{errc::origin_forbidden,       refused(403),               {"Requests from this origin are forbidden", "禁止来自该来源的请求", "No se admiten solicitudes de este origen", "Anfragen von diesem Ursprung sind verboten", "Les requêtes de cette origine sont interdites", "このオリジンからのリクエストは禁止されています"}},
    error_row{errc::token_malformed,        refused(422),               {"The token is malformed", "令牌格式错误", "El token está mal formado", "Das Token ist fehlerhaft aufgebaut", "Le jeton est mal formé", "トークンの形式が正しくありません"}},
    error_row{errc::token_too_large,        refused(422),               {"The token is too large", "令牌过大", "El token es demasiado grande", "Das Token ist zu groß", "Le jeton est trop volumineux", "トークンが大きすぎます"}},
    error_row{errc::header_invalid,         refused(422),               {"The token's header is invalid", "令牌头部无效", "La cabecera del token no es válida", "Der Kopf des Tokens ist ungültig", "L’en-tête du jeton n’est pas valide", "トークンのヘッダーが無効です"}},
    error_row{errc::algorithm_not_allowed,  refused(422),               {"The algorithm is not allowed", "不允许使用该算法", "El algoritmo no está permitido", "Der Algorithmus ist nicht erlaubt", "L’algorithme n’est pas autorisé", "このアルゴリズムは許可されていません"}},
    error_row{errc::algorithm_unsupported,  {422, 400, 400, 422, 401},  {"The algorithm is not supported", "不支持该算法", "El algoritmo no es compatible", "Der Algorithmus wird nicht unterstützt", "L’algorithme n’est pas pris en charge", "このアルゴリズムには対応していません"}},
    error_row{errc::key_not_found,          {422, 404, 404, 422, 401},  {"No key fits", "找不到匹配的密钥", "No hay ninguna clave adecuada", "Kein Schlüssel passt", "Aucune clé ne convient", "適合する鍵が見つかりません"}},
    error_row{errc::key_ambiguous,          refused(422),               {"More than one key fits", "有多个密钥匹配", "Hay más de una clave adecuada", "Mehrere Schlüssel passen", "Plusieurs clés conviennent", "複数の鍵が適合します"}},
    error_row{errc::key_invalid,            {422, 422, 400, 400, 401},  {"The key is invalid", "密钥无效", "La clave no es válida", "Der Schlüssel ist ungültig", "La clé n’est pas valide", "鍵が無効です"}},
    error_row{errc::signature_invalid,      refused(422),               {"The signature is invalid", "签名无效", "La firma no es válida", "Die Signatur ist ungültig", "La signature n’est pas valide", "署名が無効です"}},
    error_row{errc::token_expired,          refused(422),               {"The token has expired", "令牌已过期", "El token ha caducado", "Das Token ist abgelaufen", "Le jeton a expiré", "トークンの有効期限が切れています"}},
    error_row{errc::token_not_yet_valid,    refused(422),               {"The token is not valid yet", "令牌尚未生效", "El token todavía no es válido", "Das Token ist noch nicht gültig", "Le jeton n’est pas encore valide", "トークンはまだ有効ではありません"}},
    error_row{errc::claim_invalid,          refused(422),               {"A claim is invalid", "声明无效", "Un claim no es válido", "Ein Claim ist ungültig", "Un claim n’est pas valide", "クレームが無効です"}},
    error_row{errc::claim_missing,          refused(422),               {"A claim is missing", "缺少声明", "Falta un claim", "Ein Claim fehlt", "Un claim est manquant", "クレームがありません"}},
    error_row{errc::issuer_mismatch,        refused(422),               {"The issuer is not an expected one", "签发者不符", "El emisor no es el esperado", "Der Aussteller ist nicht der erwartete", "L’émetteur n’est pas celui attendu", "発行者が一致しません"}},
    error_row{errc::audience_mismatch,      refused(422),               {"The audience is not an expected one", "受众不符", "La audiencia no es la esperada", "Die Zielgruppe ist nicht die erwartete", "L’audience n’est pas celle attendue", "オーディエンスが一致しません"}},
    error_row{errc::subject_mismatch,       refused(422),               {"The subject is not the expected one", "主体不符", "El sujeto no es el esperado", "Das Subjekt ist nicht das erwartete", "Le sujet n’est pas celui attendu", "サブジェクトが一致しません"}},
    error_row{errc::type_mismatch,          refused(422),               {"The token is of another type", "令牌类型不符", "El token es de otro tipo", "Das Token ist von anderer Art", "Le jeton est d’un autre type", "トークンの種類が一致しません"}},
    error_row{errc::token_hash_mismatch,    refused(422),               {"The token's hash does not match", "令牌哈希不匹配", "El hash del token no coincide", "Der Hash des Tokens stimmt nicht überein", "L’empreinte du jeton ne correspond pas", "トークンのハッシュが一致しません"}},
    error_row{errc::scope_insufficient,     {422, 422, 422, 422, 403},  {"The scope is insufficient", "权限范围不足", "El alcance es insuficiente", "Der Umfang der Berechtigung reicht nicht aus", "La portée est insuffisante", "スコープが不足しています"}},
    error_row{errc::decryption_failed,      refused(422),               {"The token cannot be decrypted", "无法解密令牌", "No se puede descifrar el token", "Das Token lässt sich nicht entschlüsseln", "Le jeton ne peut pas être déchiffré", "トークンを復号できません"}},
    error_row{errc::claims_forbidden,       refused(422),               {"These claims may not be signed", "不允许签署这些声明", "No se permite firmar estos claims", "Diese Claims dürfen nicht signiert werden", "Ces claims ne peuvent pas être signés", "これらのクレームには署名できません"}},
    error_row{errc::caller_unauthenticated, refused(401),               {"The caller is not authenticated", "调用方未通过身份验证", "El llamante no está autenticado", "Der Aufrufer ist nicht angemeldet", "L’appelant n’est pas authentifié", "呼び出し元が認証されていません"}},
    error_row{errc::caller_forbidden,       refused(403),               {"The caller may not do this", "调用方无权执行此操作", "El llamante no tiene permiso", "Der Aufrufer darf das nicht", "L’appelant n’en a pas le droit", "呼び出し元に権限がありません"}},
    error_row{errc::rate_limited,           refused(429),               {"Too many requests of this caller", "该调用方的请求过多", "Demasiadas solicitudes de este llamante", "Zu viele Anfragen dieses Aufrufers", "Trop de requêtes de cet appelant", "この呼び出し元からのリクエストが多すぎます"}},
    error_row{errc::work_exceeded,          refused(413),               {"The request takes too much work", "请求所需的计算量过大", "La solicitud requiere demasiado trabajo", "Die Anfrage verlangt zu viel Arbeit", "La requête demande trop de travail", "リクエストの処理量が多すぎます"}},
    error_row{errc::configuration_invalid,  refused(422),               {"The new configuration is not valid", "新配置无效", "La nueva configuración no es válida", "Die neue Konfiguration ist ungültig", "La nouvelle configuration n’est pas valide", "新しい設定が無効です"}},
    error_row{errc::rotation_too_early,     refused(409),               {"It is too early for this rotation", "现在轮换为时过早", "Es demasiado pronto para esta rotación", "Für diesen Schlüsselwechsel ist es zu früh", "Il est trop tôt pour cette rotation", "このローテーションはまだ早すぎます"}},
    error_row{errc::storage_unavailable,    undecided(503),             {"The change cannot be stored", "无法保存更改", "El cambio no se puede guardar", "Die Änderung kann nicht gespeichert werden", "La modification ne peut pas être enregistrée", "変更を保存できません"}},
    error_row{errc::audit_unavailable,      undecided(503),             {"The audit log is unavailable", "审计日志不可用", "El registro de auditoría no está disponible", "Das Audit-Log ist nicht verfügbar", "Le journal d’audit est indisponible", "監査ログを利用できません"}},
    error_row{errc::keys_unavailable,       undecided(503),             {"The issuer's keys are unavailable", "签发者的密钥不可用", "Las claves del emisor no están disponibles", "Die Schlüssel des Ausstellers sind nicht verfügbar", "Les clés de l’émetteur sont indisponibles", "発行者の鍵を利用できません"}},
    error_row{errc::overloaded,             undecided(503),             {"The service is overloaded", "服务过载", "El servicio está sobrecargado", "Der Dienst ist überlastet", "Le service est surchargé", "サービスが過負荷状態です"}},
    error_row{errc::shutting_down,          undecided(503),             {"The service is shutting down", "服务正在关闭", "El servicio se está deteniendo", "Der Dienst wird beendet", "Le service est en cours d’arrêt", "サービスは停止処理中です"}},
    error_row{errc::path_forbidden,         everywhere(403),            {"The path is forbidden", "禁止访问该路径", "La ruta está prohibida", "Der Pfad ist verboten", "Le chemin est interdit", "このパスは禁止されています"}},
    error_row{errc::access_denied,          everywhere(403),            {"Access is denied", "拒绝访问", "Acceso denegado", "Der Zugriff wird verweigert", "L’accès est refusé", "アクセスが拒否されました"}},
    error_row{errc::internal,               undecided(500),             {"An internal error occurred", "发生内部错误", "Se produjo un error interno", "Ein interner Fehler ist aufgetreten", "Une erreur interne s’est produite", "内部エラーが発生しました"}},
};
// clang-format on

static_assert(errors.size() == core::errc_count, "one row per code");
static_assert(
    [] {
        for (std::size_t i = 0; i < errors.size(); ++i)
            if (static_cast<std::size_t>(errors[i].code) != i)
                return false;
        return true;
    }(),
    "in the order of errc"
);
static_assert(
    [] {
        for (auto const& one : errors)
            for (auto const title : one.titles)
                if (title.empty())
                    return false;
        return true;
    }(),
    "a title in every language"
);
static_assert(
    [] {
        for (auto const& [code, status, titles] : errors) {
            bool const is_open = core::cannot_decide(code);
            for (auto const one : {status.usual, status.making, status.making_inline, status.given})
                if (one < 400 || is_open != (one >= 500))
                    return false;
            if (is_open ? status.auth != 503 : status.auth != 401 && status.auth != 403)
                return false;
        }
        return true;
    }(),
    "5xx, and 503 for /auth, means cannot decide; no row is a success"
);

error_row const& error_of(errc code) noexcept
{
    return errors[static_cast<std::size_t>(code)];
}

}  // namespace

unsigned status_of(errc code, context where) noexcept
{
    auto const& status = error_of(code).status;
    switch (where) {
    case context::request:
    case context::verify:
    case context::decrypt: return status.usual;
    case context::sign:
    case context::encrypt: return status.making;
    case context::sign_inline:
    case context::encrypt_inline: return status.making_inline;
    case context::verify_inline:
    case context::decrypt_inline:
    case context::inspect: return status.given;
    case context::auth: return status.auth;
    }
    return status.usual;
}

std::string_view title_in(std::size_t language, errc code) noexcept
{
    return error_of(code).titles[language];
}

}  // namespace service::http
